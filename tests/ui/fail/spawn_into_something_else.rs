//! The handle is not a group's.
use vthread::prelude::*;

#[vthread]
fn f(url: &str) {
    spawn!(url => { vthread::yield_now(); });
}

fn main() {}
