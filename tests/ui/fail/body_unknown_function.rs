//! A call of a function that is not there.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    download(3)
}

fn main() {}
