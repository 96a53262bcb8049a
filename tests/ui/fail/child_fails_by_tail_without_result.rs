//! A child of a function that returns no `Result` ends with one.
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn parse(text: &str) -> Result<u32, ParseIntError> {
    text.parse()
}

#[vthread]
fn f(text: &str) {
    group! {
        spawn! { parse(text) }
    }
}

fn main() {}
