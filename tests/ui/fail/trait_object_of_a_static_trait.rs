//! `dyn` of a trait that was not declared for it.
use vthread::prelude::*;

#[vthread]
trait Store {
    fn load(&self, key: u32) -> u32;
}

#[vthread]
fn first(store: &dyn Store) -> u32 {
    store.load(1)
}

fn main() {}
