//! A `spawn!` with braces is a statement: its handle is not the group's value.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    let task = group! {
        spawn! { 1 }
    };
    task.join()
}

fn main() {}
