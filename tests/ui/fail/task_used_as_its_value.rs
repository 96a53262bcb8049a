//! `spawn!` gives the handle, not the value.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    group! {
        let n = spawn! { 1 };
        n + 1
    }
}

fn main() {}
