//! `return` in a group's body returns from the function, and is checked as such.
use vthread::prelude::*;

#[vthread]
fn returns() -> Result<u32, String> {
    group! {
        spawn! {}
        if true {
            return Ok("x");
        }
    }?;
    Ok(1)
}

#[vthread]
fn ends() -> Result<u32, String> {
    group! {
        spawn! {}
        "x"
    }
}

fn main() {}
