//! Calls of some of std's methods are never looked at: a vthread method cannot have their names.
use vthread::prelude::*;

struct Store;

#[vthread]
impl Store {
    fn len(&self) -> usize {
        1
    }

    #[plain]
    fn is_empty(&self) -> bool {
        false
    }
}

fn main() {
    println!("{}", Store.is_empty());
}
