//! A child borrows a local of the group's body, which ends before the child may.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let name = String::from("x");
        let borrowed = &name;
        spawn! {
            vthread::yield_now();
            println!("{borrowed}");
        }
    }
}

fn main() {}
