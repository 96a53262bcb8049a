//! The parent uses, after the group, what a child consumed.
use vthread::prelude::*;

#[vthread]
fn f() {
    let name = String::from("x");
    group! {
        spawn! { drop(name); }
    }
    println!("{name}");
}

fn main() {}
