//! A returned reference that could come from either argument.
use vthread::prelude::*;

#[vthread]
fn longer(a: &str, b: &str) -> &str {
    if a.len() > b.len() { a } else { b }
}

fn main() {}
