//! The label that ties a frame to its function cannot be given by the user.
#![allow(unused_labels)]
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { '__frame: { '__f: { $e } } }
    };
}

#[vthread]
fn load() -> u32 {
    vthread::yield_now();
    1
}

#[vthread]
fn f() {
    drop(info!(load()));
}

fn main() {}
