//! Recursion of one function, of two, and functions inside functions.
#![forbid(unsafe_code)]
#![deny(warnings)]

use vthread::prelude::*;

#[vthread]
fn sum(numbers: &[u32]) -> u32 {
    if let [n] = numbers {
        return *n;
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    group! {
        let left = spawn! { sum(left) };
        let right = sum(right);
        left.join() + right
    }
}

#[vthread(boxed)]
fn is_even(n: u32) -> bool {
    if n == 0 { true } else { is_odd(n - 1) }
}

#[vthread]
fn is_odd(n: u32) -> bool {
    if n == 0 { false } else { is_even(n - 1) }
}

#[vthread]
fn outer(n: u32) -> u32 {
    #[vthread]
    fn inner(n: u32) -> u32 {
        vthread::yield_now();
        n + 1
    }
    inner(n) + inner(n)
}

fn main() {
    #[vthread(local)]
    fn nested(n: u32) -> u32 {
        outer(n)
    }

    assert_eq!(sum(&[1, 2, 3, 4, 5]), 15);
    assert!(is_even(100) && is_odd(7));
    assert_eq!(nested(1), 4);
}
