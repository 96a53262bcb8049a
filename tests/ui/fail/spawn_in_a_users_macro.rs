//! A macro of the user's hides `spawn!` from the group around it.
use vthread::prelude::*;

macro_rules! later {
    ($e:expr) => {
        spawn! { $e; }
    };
}

#[vthread]
fn f() {
    group! {
        later!(vthread::yield_now());
    }
}

fn main() {}
