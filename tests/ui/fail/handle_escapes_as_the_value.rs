//! The group's handle as the group's value.
use vthread::prelude::*;

#[vthread]
fn f() {
    let outside = group!(g => { g });
    outside.cancel();
}

fn main() {}
