//! Methods, associated functions and traits, in a crate as strict as they come.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::io;
use std::sync::Arc;
use vthread::prelude::*;

#[vthread]
trait Store {
    fn load(&self, key: u32) -> io::Result<u32>;

    #[plain]
    fn name(&self) -> &'static str;
}

#[vthread(dyn)]
trait Source {
    fn fetch(&self, key: u32) -> u32;
}

struct Memory {
    offset: u32,
}

#[vthread]
impl Memory {
    fn connect(offset: u32) -> io::Result<Self> {
        vthread::yield_now();
        Ok(Memory { offset })
    }

    fn close(self) -> u32 {
        self.offset
    }

    #[plain]
    fn offset(&self) -> u32 {
        self.offset
    }
}

#[vthread]
impl Store for Memory {
    fn load(&self, key: u32) -> io::Result<u32> {
        vthread::yield_now();
        Ok(key + self.offset())
    }

    #[plain]
    fn name(&self) -> &'static str {
        "memory"
    }
}

#[vthread(dyn)]
impl Source for Memory {
    fn fetch(&self, key: u32) -> u32 {
        key
    }
}

#[vthread]
fn load_all<S: Store + Sync>(store: &Arc<S>) -> io::Result<u32> {
    let mut total = 0;
    let tasks = group! {
        let mut tasks = Vec::new();
        for key in 0..4 {
            tasks.push(spawn! { store.load(key) });
        }
        tasks
    }?;
    for task in tasks {
        total += task.join();
    }
    Ok(total)
}

#[vthread]
fn fetch_all(source: &dyn Source) -> u32 {
    source.fetch(1) + source.fetch(2)
}

fn main() -> io::Result<()> {
    let memory = Memory::connect(10).block()?;
    assert_eq!(memory.name(), "memory");
    assert_eq!(memory.load(1).block()?, 11);
    assert_eq!(fetch_all(&memory), 3);
    let memory = Arc::new(memory);
    assert_eq!(load_all(&memory)?, 46);
    assert_eq!(Arc::into_inner(memory).unwrap().close().block(), 10);
    Ok(())
}
