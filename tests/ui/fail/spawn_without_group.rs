//! `spawn!` in a vthread function that opens no group.
use vthread::prelude::*;

#[vthread]
fn f() {
    spawn! {
        vthread::yield_now();
    }
}

fn main() {}
