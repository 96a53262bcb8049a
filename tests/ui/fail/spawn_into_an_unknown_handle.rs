//! The group was not given a handle.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn!(g => { vthread::yield_now(); });
    }
}

fn main() {}
