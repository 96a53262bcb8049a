//! A generic child must say that its type may cross threads.
use vthread::prelude::*;

#[vthread]
fn length<T: Clone>(items: &[T]) -> usize {
    group! {
        let task = spawn! { items.len() };
        task.join()
    }
}

fn main() {}
