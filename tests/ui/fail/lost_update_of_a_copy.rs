//! A number of the body's moves into the child as a copy: the body would never see the change.
#![deny(warnings)]
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    group! {
        let mut total = 0;
        let task = spawn! { total += 1; };
        task.join();
        total
    }
}

fn main() {
    f();
}
