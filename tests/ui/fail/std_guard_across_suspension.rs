//! A guard of a lock of std that lives across a suspension gets a warning at the suspension.
#![deny(deprecated)]
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use vthread::prelude::*;
use vthread::time::sleep;

struct Store {
    items: Mutex<Vec<u8>>,
    names: Arc<RwLock<Vec<String>>>,
    changes: vthread::sync::Mutex<u8>,
}

#[vthread]
impl Store {
    fn save(&self) {
        *self.changes.lock() += 1;
    }

    fn methods(&self, other: &Store) -> Result<(), String> {
        let items = self.items.lock().unwrap();
        other.save();
        self.save();
        drop(items);
        let mut names = self.names.write().map_err(|_| "poisoned")?;
        names.clear();
        sleep(Duration::ZERO);
        Ok(())
    }
}

#[vthread]
fn patterns(store: &Store) -> Option<u8> {
    let Ok(mut items) = store.items.lock() else {
        return None;
    };
    let _names = store.names.read().unwrap_or_else(PoisonError::into_inner);
    store.save();
    items.pop()
}

#[vthread]
fn branches(store: &Store) {
    let items: MutexGuard<'_, _> = store.items.lock().expect("no panic");
    if items.is_empty() {
        drop(items);
        store.save();
        return;
    }
    store.save();
}

#[vthread]
fn constructs(store: &Store, from: &vthread::sync::Receiver<u8>) {
    let mut items = (store.items.try_lock()).unwrap();
    for item in from {
        items.push(item);
    }
    group! {
        spawn! { sleep(Duration::ZERO) }
    }
    std::future::ready(1).await;
    let _ = timeout!(Duration::ZERO => sleep(Duration::ZERO));
    defer! { items.clear(); }
    sleep(Duration::ZERO);
}

fn main() {}
