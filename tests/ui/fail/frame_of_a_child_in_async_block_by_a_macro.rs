//! A macro puts `spawn!` into a future that the user would hold.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    let name = String::from("x");
    group! {
        drop(info!(spawn! { println!("{name}"); }));
    }
}

fn main() {}
