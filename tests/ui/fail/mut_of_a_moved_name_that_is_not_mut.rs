//! What moves into the child keeps its binding: without `mut` it does not change.
use vthread::prelude::*;

#[vthread]
fn f() {
    group! {
        for _ in 0..3 {
            let list = vec![1];
            spawn! { list.push(2); }
        }
    }
}

fn main() {}
