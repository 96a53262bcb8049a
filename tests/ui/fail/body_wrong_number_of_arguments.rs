//! One argument too many.
use vthread::prelude::*;

#[vthread]
fn double(n: u32) -> u32 {
    n * 2
}

#[vthread]
fn f() -> u32 {
    double(2, 3)
}

fn main() {}
