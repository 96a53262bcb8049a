//! The trait's methods are vthread methods, and the impl's are not.
use vthread::prelude::*;

#[vthread]
trait Store {
    fn load(&self, key: u32) -> u32;
}

struct Memory;

impl Store for Memory {
    fn load(&self, key: u32) -> u32 {
        key
    }
}

fn main() {}
