//! A task is joined once.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    group! {
        let task = spawn! { 1 };
        task.join() + task.join()
    }
}

fn main() {}
