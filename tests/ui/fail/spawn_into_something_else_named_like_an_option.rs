//! `name` is an option's name, and no handle.
use vthread::prelude::*;

#[vthread]
fn f(name: &str) {
    spawn!(name => { println!("{name}"); });
}

fn main() {}
