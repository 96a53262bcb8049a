//! An option that `spawn!` does not know.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn!(label = "worker" => { vthread::yield_now(); });
    }
}

fn main() {}
