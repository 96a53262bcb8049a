//! Two functions that call each other have a frame of no finite size.
use vthread::prelude::*;

#[vthread]
fn is_even(n: u32) -> bool {
    if n == 0 { true } else { is_odd(n - 1) }
}

#[vthread]
fn is_odd(n: u32) -> bool {
    if n == 0 { false } else { is_even(n - 1) }
}

fn main() {}
