//! The group's value, as the function's tail, is of another type.
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn f() -> Result<u32, ParseIntError> {
    group! {
        spawn! { vthread::yield_now(); }
        "x"
    }
}

fn main() {}
