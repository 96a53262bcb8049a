//! A value used after it moved into a call.
use vthread::prelude::*;

#[vthread]
fn consume(name: String) -> usize {
    name.len()
}

#[vthread]
fn f() -> usize {
    let name = String::from("x");
    consume(name) + name.len()
}

fn main() {}
