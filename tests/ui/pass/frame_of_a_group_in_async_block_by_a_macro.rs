//! A macro puts a group into a future that the user would hold: with children alive, it could forget it.
use vthread::prelude::*;

macro_rules! info {
    ($e:expr) => {
        async { $e }
    };
}

#[vthread]
fn f() {
    let name = String::from("x");
    drop(info!(group! {
        spawn! { println!("{name}"); }
    }));
}

fn main() {}
