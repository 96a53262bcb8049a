//! The impl's methods are vthread methods, and the trait's are not.
use vthread::prelude::*;

trait Store {
    fn load(&self, key: u32) -> u32;
}

struct Memory;

#[vthread]
impl Store for Memory {
    fn load(&self, key: u32) -> u32 {
        key
    }
}

fn main() {}
