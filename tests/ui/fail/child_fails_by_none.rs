//! A child does not end with the `None` that a function may end with.
use vthread::prelude::*;

#[vthread]
fn first(numbers: &[u32]) -> Option<u32> {
    group! {
        let first = spawn! { *numbers.first()? };
        Some(first.join())
    }
}

#[vthread]
fn sum(numbers: &[u32]) -> Result<u32, String> {
    group! {
        let first = spawn! { *numbers.first()? };
        first.join()
    }
}

fn main() {}
