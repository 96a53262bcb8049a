//! A macro with the name of a known one puts its argument into a future that the user would hold.
use vthread::prelude::*;

#[macro_use]
mod macros {
    macro_rules! vec {
        ($e:expr) => {
            async { $e }
        };
    }
}

#[vthread]
fn load() -> u32 {
    vthread::yield_now();
    1
}

#[vthread]
fn f() {
    drop(vec![load()]);
}

fn main() {}
