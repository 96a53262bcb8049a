//! Two children, or the body and a child, that change one variable.
use std::time::Duration;
use vthread::prelude::*;

#[vthread]
fn in_children() {
    let mut list = vec![1];
    group! {
        spawn! { list.push(2); };
        spawn! { list.push(3); };
    }
}

#[vthread]
fn in_a_body() {
    let mut list = vec![1];
    let _ = timeout!(Duration::ZERO => {
        let first = &mut list;
        list.push(2);
        first.push(3);
    });
}

fn main() {
    in_children();
    in_a_body();
}
