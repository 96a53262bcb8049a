//! A helper's children outlive the helper.
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn helper<'scope>(g: &Group<'scope, String>) {
    let name = String::from("x");
    let borrowed = &name;
    spawn!(g => { println!("{borrowed}"); });
}

fn main() {}
