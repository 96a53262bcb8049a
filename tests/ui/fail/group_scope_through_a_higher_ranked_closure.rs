//! A function that takes any `'scope` cannot be given a borrow for all of them.
use vthread::Group;
use vthread::prelude::*;

fn with_any(_: impl for<'scope> Fn(&Group<'scope, String>)) {}

fn main() {
    let name = String::from("x");
    let borrowed = name.as_str();
    with_any(|g| {
        spawn!(g => { println!("{borrowed}"); });
    });
}
