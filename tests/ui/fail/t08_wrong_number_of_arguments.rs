//! Told once, at the user's call, as in plain Rust.

use vthread::prelude::*;

struct Store;

#[vthread]
impl Store {
    fn get(&self, key: u32) -> u32 {
        key
    }
}

fn plain(n: u32) -> u32 {
    n
}

#[vthread]
fn suspending(n: u32) -> u32 {
    n
}

#[vthread]
fn calls() -> u32 {
    plain(1, 2);
    suspending();
    let n: u32 = plain(&1, 2);
    Store.get();
    n + suspending(1, 2)
}

fn main() {
    calls();
}
