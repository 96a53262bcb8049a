//! `?` in a function that returns no `Result`.
use vthread::prelude::*;

#[vthread]
fn parse(text: &str) -> u32 {
    let n: u32 = text.parse()?;
    n
}

fn main() {}
