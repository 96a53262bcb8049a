//! A macro puts an `.await` into a future of the user's, out of its function.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    drop(info!(std::future::ready(1).await));
}

fn main() {}
