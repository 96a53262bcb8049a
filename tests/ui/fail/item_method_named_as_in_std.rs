//! A vthread method with the name of a method of std that never suspends would never be found.
use vthread::prelude::*;

struct Queue;

#[vthread]
impl Queue {
    fn push(&self, n: u32) -> u32 {
        n
    }
}

fn main() {}
