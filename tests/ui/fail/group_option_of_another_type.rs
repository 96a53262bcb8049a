//! The number of children is a number.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(max_concurrency = "3" => {
        spawn! { vthread::yield_now(); }
    })
}

fn main() {}
