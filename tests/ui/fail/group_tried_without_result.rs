//! `?` on a group in a function without a `Result`: the group is a plain value there.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn! { vthread::yield_now(); }
    }?;
}

fn main() {}
