//! A child borrows a local of a timeout's body, which may be gone long before the child.
use std::time::Duration;
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let _ = timeout!(Duration::from_secs(1) => {
            let name = String::from("x");
            let borrowed = &name;
            spawn! { println!("{borrowed}"); }
        });
    }
}

fn main() {}
