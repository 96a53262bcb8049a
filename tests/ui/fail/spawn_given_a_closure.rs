//! `spawn!` as `thread::spawn`, with a closure: it would be the child's value, and is never called.
#![deny(warnings)]
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn!(|| vthread::yield_now());
    }
}

fn main() {
    f();
}
