//! A task's value carries its own borrows, also after the group.
use vthread::prelude::*;

#[vthread]
fn kept() -> usize {
    let mut items = vec![1];
    let task = group! {
        let task = spawn! { items.as_slice() };
        task
    };
    items.push(2);
    task.join().len()
}

fn main() {}
