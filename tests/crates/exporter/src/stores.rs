//! A trait with static dispatch.

use crate::proof::pause;
use std::collections::HashMap;
use vthread::vthread;

/// A store.
#[vthread]
pub trait Store {
    /// What it stores.
    type Value: Clone + Send + Sync;

    /// Finds.
    fn find(&self, key: &str) -> Option<Self::Value>;
    /// Saves.
    fn save(&mut self, key: &str, value: Self::Value);
    /// Finds both.
    fn both(&self, a: &str, b: &str) -> Option<(Self::Value, Self::Value)> {
        Some((self.find(a)?, self.find(b)?))
    }
    /// An ordinary one.
    #[plain]
    fn name(&self) -> &'static str {
        "store"
    }
}

/// A store in memory.
#[derive(Debug, Default)]
pub struct Memory(HashMap<String, u32>);

#[vthread]
impl Store for Memory {
    type Value = u32;

    fn find(&self, key: &str) -> Option<u32> {
        pause();
        self.0.get(key).copied()
    }
    fn save(&mut self, key: &str, value: u32) {
        pause();
        self.0.insert(key.to_owned(), value);
    }
}

/// Works with any store.
#[vthread]
pub fn double<S: Store<Value = u32>>(store: &mut S, key: &str) -> u32 {
    let value = store.find(key).unwrap_or(1) * 2;
    store.save(key, value);
    value
}
