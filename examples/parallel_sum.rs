//! Adds up a slice in parallel: two children borrow its halves, and so on, down to small pieces.
//!
//! ```text
//! cargo run --release --example parallel_sum
//! ```

use vthread::prelude::*;

/// Below this length a child would cost more than it saves.
const ALONE: usize = 10_000;

#[vthread]
fn sum(numbers: &[u64]) -> u64 {
    if numbers.len() <= ALONE {
        return numbers.iter().sum();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    group! {
        let left = spawn! { sum(left) };
        let right = sum(right);
        left.join() + right
    }
}

fn main() {
    let numbers: Vec<u64> = (1..=1_000_000).collect();
    println!("the sum of 1 to 1000000 is {}", sum(&numbers));
}
