//! The borrow checker's ordinary words.
use vthread::prelude::*;

#[vthread]
fn f() -> usize {
    let mut names = vec![String::new()];
    let first = &names[0];
    names.push(String::from("x"));
    vthread::yield_now();
    first.len()
}

fn main() {}
