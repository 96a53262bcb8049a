//! No token of the user's stands inside an `unsafe` that the macros make.
use vthread::prelude::*;

unsafe fn danger() -> u32 {
    1
}

struct Store;

impl Store {
    unsafe fn danger(&self) -> u32 {
        1
    }
}

#[vthread]
fn function() -> u32 {
    danger()
}

#[vthread]
fn methods() -> u32 {
    Store.danger() + Store::danger(&Store)
}

#[vthread]
fn in_a_child() {
    group! {
        spawn! { danger(); }
    }
}

#[vthread]
unsafe fn declared() -> u32 {
    1
}

fn main() {
    declared();
}
