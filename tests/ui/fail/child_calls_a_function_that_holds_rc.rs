//! The `Rc` is in a function that the child calls.
use std::rc::Rc;
use vthread::prelude::*;

#[vthread]
fn load() -> u32 {
    let config = Rc::new(3);
    vthread::yield_now();
    *config
}

#[vthread]
fn f() {
    group! {
        spawn! {
            load();
        }
    }
}

fn main() {}
