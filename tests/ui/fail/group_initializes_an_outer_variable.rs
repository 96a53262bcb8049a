//! A variable declared before the group and given its value inside.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    let found;
    group! {
        let task = spawn! { 1 };
        found = task.join();
    }
    found
}

fn main() {}
