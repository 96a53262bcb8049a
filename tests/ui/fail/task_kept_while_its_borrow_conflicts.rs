//! A handle that the group gives back holds the child's value, and with it what that borrows.
use vthread::prelude::*;

#[vthread]
fn f() -> usize {
    let mut list = vec![1];
    let task = group! {
        let task = spawn! { list.as_slice() };
        task
    };
    list.push(2);
    task.join().len()
}

fn main() {}
