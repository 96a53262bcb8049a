//! A macro puts a call in a plain function's group into a future that the user would hold.
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

fn main() {
    group! {
        drop(info!(load()));
    }
}
