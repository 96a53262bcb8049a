//! A macro puts a call in a child into a future that the child would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn load() -> u32 {
    vthread::yield_now();
    1
}

#[vthread]
fn f() {
    group! {
        spawn! { drop(info!(load())); }
    }
}

fn main() {}
