//! A child mutates what moves into it only if it was declared `mut`.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn pushes() {
    group! {
        for _ in 0..3 {
            let items = vec![1];
            spawn! {
                yield_now();
                items.push(1);
            }
        }
    }
}

fn main() {}
