//! A macro puts a timeout into a future that the user would hold.
use std::time::Duration;
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    drop(info!({
        let _ = timeout!(Duration::from_secs(1) => { vthread::yield_now(); });
    }));
}

fn main() {}
