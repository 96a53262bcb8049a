//! A vthread trait cannot announce its methods on a type of another crate.
use std::collections::HashMap;
use vthread::prelude::*;

#[vthread]
trait Store {
    fn load(&self, key: u32) -> u32;
}

#[vthread]
impl Store for HashMap<u32, u32> {
    fn load(&self, key: u32) -> u32 {
        self[&key]
    }
}

fn main() {}
