//! A reference to a local leaves the function.
use vthread::prelude::*;

#[vthread]
fn f() -> &'static str {
    let name = String::from("x");
    vthread::yield_now();
    name.as_str()
}

fn main() {}
