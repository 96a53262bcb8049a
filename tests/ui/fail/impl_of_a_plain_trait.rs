//! `#[vthread]` on an `impl` of a trait that has no `#[vthread]` itself.
use vthread::prelude::*;

trait Store {
    fn get(&self) -> u32;
}

struct Memory;

#[vthread]
impl Store for Memory {
    fn get(&self) -> u32 {
        1
    }
}

fn main() {}
