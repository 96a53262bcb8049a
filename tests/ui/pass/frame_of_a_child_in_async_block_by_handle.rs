//! A macro puts `spawn!` by handle into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    let name = String::from("x");
    group!(g => {
        drop(info!(spawn!(g => { println!("{name}"); })));
    })
}

fn main() {}
