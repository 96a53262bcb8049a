//! The first child of the loop consumes what the second needs.
use vthread::prelude::*;

#[vthread]
fn f() {
    let name = String::from("x");
    group! {
        for _ in 0..3 {
            spawn! { drop(name); }
        }
    }
}

fn main() {}
