//! A colon where `=` is meant.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(max_concurrency: 3 => {
        spawn! { vthread::yield_now(); }
    })
}

fn main() {}
