//! The body uses what it moved into a child.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let name = String::from("x");
        spawn! { println!("{name}"); }
        println!("{name}");
    }
}

fn main() {}
