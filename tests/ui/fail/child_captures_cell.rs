//! Two children that share a `Cell`.
use std::cell::Cell;
use vthread::prelude::*;

#[vthread]
fn f() {
    let total = Cell::new(0);
    group! {
        spawn! { total.set(1); }
        spawn! { total.set(2); }
    }
}

fn main() {}
