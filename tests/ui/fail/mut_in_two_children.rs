//! Two children change one thing.
use vthread::prelude::*;

#[vthread]
fn f() {
    let mut list = vec![1];
    group! {
        spawn! { list.push(2); }
        spawn! { list.push(3); }
    }
}

fn main() {}
