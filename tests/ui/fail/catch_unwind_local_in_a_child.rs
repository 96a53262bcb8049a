//! A child borrows a local of the body of a `catch_unwind!`, which is gone when that has panicked.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let _ = catch_unwind! {
            let name = String::from("x");
            let borrowed = &name;
            spawn! { println!("{borrowed}"); }
        };
    }
}

fn main() {}
