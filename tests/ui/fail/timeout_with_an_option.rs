//! The limit has no name.
use std::time::Instant;
use vthread::prelude::*;

#[vthread]
fn f(end: Instant) {
    let _ = timeout!(at = end => { vthread::yield_now(); });
}

fn main() {}
