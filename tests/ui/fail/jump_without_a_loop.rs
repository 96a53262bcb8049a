//! A jump needs a loop, in and out of groups.
use vthread::prelude::*;

#[vthread]
fn in_a_group() {
    group! {
        spawn! {}
        break;
    }
}

#[vthread]
fn in_a_function(early: bool) {
    if early {
        continue;
    }
    break;
}

fn main() {}
