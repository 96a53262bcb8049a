//! The handle written as `std::thread::scope` has it.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(|g| {
        spawn!(g => { vthread::yield_now(); });
    })
}

fn main() {}
