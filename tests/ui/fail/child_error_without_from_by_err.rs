//! The child's written `Err` does not convert into the group's error.
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), std::io::Error> {
    group! {
        spawn! { Err("bad") }
    }
}

fn main() {}
