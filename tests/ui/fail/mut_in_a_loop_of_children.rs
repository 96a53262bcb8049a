//! The children of a loop change one thing.
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    let mut total = 0;
    group! {
        for i in 0..3 {
            spawn! { total += i; }
        }
    }
    total
}

fn main() {}
