//! A macro puts a shield into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    drop(info!(shield! {}));
}

fn main() {}
