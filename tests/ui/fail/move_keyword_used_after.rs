//! `move` takes everything, also what the parent still wants.
use vthread::prelude::*;

#[vthread]
fn f() {
    let name = String::from("x");
    group! {
        spawn!(move => { println!("{name}"); });
    }
    println!("{name}");
}

fn main() {}
