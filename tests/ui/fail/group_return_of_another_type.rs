//! `return` in a group's body returns from the function.
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn f(early: bool) -> Result<u32, ParseIntError> {
    group! {
        spawn! { vthread::yield_now(); }
        if early {
            return "x";
        }
    }?;
    Ok(1)
}

fn main() {}
