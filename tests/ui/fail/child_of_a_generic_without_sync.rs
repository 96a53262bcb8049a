//! A child that borrows a generic value, of which nothing says that threads may share it.
use vthread::prelude::*;

#[vthread]
fn f<T: Clone>(items: &[T]) {
    group! {
        spawn! {
            vthread::yield_now();
            drop(items.to_vec());
        }
    }
}

fn main() {}
