//! The tail is not of the function's type.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    vthread::yield_now();
    "one"
}

fn main() {}
