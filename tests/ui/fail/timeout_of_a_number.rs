//! A duration is a `Duration`.
use vthread::prelude::*;

#[vthread]
fn f() {
    let _ = timeout!(5 => { vthread::yield_now(); });
}

fn main() {}
