//! An option of `group!` on `spawn!`.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn!(max_concurrency = 3 => { vthread::yield_now(); });
    }
}

fn main() {}
