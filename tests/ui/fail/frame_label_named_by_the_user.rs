//! The label that ties a frame to its function has no name for the user.
use vthread::prelude::*;

#[vthread]
fn f() {
    vthread::yield_now();
    break '__frame;
}

fn main() {}
