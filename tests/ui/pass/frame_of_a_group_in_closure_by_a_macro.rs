//! A macro puts a group into a closure.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        || $e
    };
}

#[vthread]
fn f() {
    let name = String::from("x");
    info!(group! {
        spawn! { println!("{name}"); }
    })();
}

fn main() {}
