//! A `const fn` cannot suspend; its callers compile all the same.
use vthread::prelude::*;

#[vthread]
const fn double(n: u32) -> u32 {
    n * 2
}

const FOUR: u32 = double(2);

fn main() {
    let n: u32 = double(FOUR);
    println!("{n}");
}
