//! `spawn!` needs a group that it can see.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn alone() {
    spawn! { yield_now(); }
}

fn in_plain_code() {
    spawn! { yield_now(); }
}

macro_rules! hidden {
    ($value:expr) => {
        vthread::spawn! { $value }
    };
}

#[vthread]
fn behind_a_macro() {
    group! {
        hidden!(yield_now());
    }
}

#[vthread]
fn behind_an_async_block() {
    group! {
        let future = async { spawn! { yield_now(); } };
        drop(future);
    }
}

fn main() {}
