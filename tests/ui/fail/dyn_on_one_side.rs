//! A `#[vthread(dyn)] trait` and its `impl`s go together.

use vthread::prelude::*;

#[vthread(dyn)]
trait Store {
    fn load(&self, key: &str) -> u32;
}

struct Memory;

#[vthread]
impl Store for Memory {
    fn load(&self, key: &str) -> u32 {
        key.len() as u32
    }
}

#[vthread]
trait Log {
    fn note(&self, line: &str);
}

#[vthread(dyn)]
impl Log for Memory {
    fn note(&self, line: &str) {
        println!("{line}");
    }
}

fn main() {}
