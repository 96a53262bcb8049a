//! `break` in a group's body with no loop around the group.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        spawn! { vthread::yield_now(); }
        break;
    }
}

fn main() {}
