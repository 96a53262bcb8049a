//! A misspelt function.
use vthread::prelude::*;

#[vthread]
fn calls() -> u32 {
    undefined(1)
}

fn main() {}
