//! Children share a handle whose value threads may not share.
use std::cell::Cell;
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        let task = spawn! { Cell::new(1) };
        let shared = &task;
        needs_sync(shared);
    }
}

fn needs_sync<T: Sync>(_: &T) {}

fn main() {}
