//! A macro puts its argument into a constant.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        const { $e }
    };
}

#[vthread]
fn load() -> u32 {
    1
}

#[vthread]
fn f() {
    info!(load());
}

fn main() {}
