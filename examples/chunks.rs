//! Changes a slice in place from many children at once: each child owns one chunk exclusively.
//!
//! ```text
//! cargo run --release --example chunks
//! ```

use vthread::prelude::*;

/// Replaces every number by its square, one child for each chunk.
#[vthread]
fn square_all(numbers: &mut [u64]) {
    group!(max_concurrency = 4 => {
        for chunk in numbers.chunks_mut(1_000) {
            spawn! {
                for number in chunk {
                    *number *= *number;
                }
            }
        }
    })
}

fn main() {
    let mut numbers: Vec<u64> = (0..10_000).collect();
    square_all(&mut numbers);
    // All children have ended, so the slice is ours again.
    println!("the last square is {}", numbers[9_999]);
}
