//! A misspelt variable.
use vthread::prelude::*;

#[vthread]
fn f(total: u32) -> u32 {
    totl + 1
}

fn main() {}
