//! The macros' own unsafe code does not lift the user's ban on it.
#![forbid(unsafe_code)]
use vthread::prelude::*;

#[vthread]
fn f(pointer: *const u32) -> u32 {
    group! {
        let task = spawn! { 1 };
        task.join() + unsafe { *pointer }
    }
}

fn main() {}
