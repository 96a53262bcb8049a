//! `unsafe fn` is a vthread function like any: its callers say `unsafe`, everywhere.
#![deny(warnings)]

use vthread::prelude::*;
use vthread::yield_now;

/// # Safety
/// It asks for nothing.
#[vthread]
unsafe fn declared(n: &u32) -> u32 {
    yield_now();
    *n
}

struct Store(u32);

#[vthread]
impl Store {
    /// # Safety
    /// It asks for nothing.
    unsafe fn get(&self) -> u32 {
        yield_now();
        self.0
    }
}

#[vthread]
fn calls() -> u32 {
    let store = Store(2);
    // SAFETY: they ask for nothing.
    unsafe { declared(&1) + store.get() + Store::get(&store) }
}

fn main() {
    // SAFETY: it asks for nothing.
    assert_eq!(calls() + unsafe { declared(&3) }, 8);
}
