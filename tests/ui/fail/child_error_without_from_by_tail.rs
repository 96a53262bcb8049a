//! The child's error does not convert into the group's.
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn parse(text: &str) -> Result<u32, ParseIntError> {
    text.parse()
}

#[vthread]
fn f(text: &str) -> Result<(), std::io::Error> {
    group! {
        spawn! { parse(text) }
    }
}

fn main() {}
