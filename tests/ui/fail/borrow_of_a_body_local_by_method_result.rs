//! A child borrows from a local of the group's body through a method's result.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let text = String::from("a b");
        let word = text.trim();
        spawn! {
            vthread::yield_now();
            println!("{word}");
        }
    }
}

fn main() {}
