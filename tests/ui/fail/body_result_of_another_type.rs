//! The result of a call is used as another type.
use vthread::prelude::*;

#[vthread]
fn double(n: u32) -> u32 {
    n * 2
}

#[vthread]
fn f() -> usize {
    let n: String = double(2);
    n.len()
}

fn main() {}
