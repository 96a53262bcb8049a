//! A macro puts a `defer!` into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    drop(info!({
        defer! { println!("last"); }
        println!("first");
    }));
}

fn main() {}
