//! No warning: guards that are gone before the suspension, calls that do not suspend, and guards of ours.
#![deny(warnings)]
use std::sync::{Mutex, MutexGuard, RwLock};
use std::time::Duration;
use vthread::prelude::*;
use vthread::time::sleep;

mod mine {
    pub fn sleep<T>(_: T) {}
}

struct Plain(u8);

impl Plain {
    fn save(&self) -> u8 {
        self.0
    }
    fn lock(&self) -> Option<u8> {
        Some(self.0)
    }
    fn read<T: From<u8>>(&self) -> Result<T, ()> {
        Ok(T::from(self.0))
    }
}

fn takes(items: MutexGuard<'_, Vec<u8>>) -> usize {
    items.len()
}

#[vthread]
fn ended_before(items: &Mutex<Vec<u8>>) -> usize {
    let first = {
        let items = items.lock().unwrap();
        items.first().copied()
    };
    sleep(Duration::ZERO);
    let guard = items.lock().unwrap();
    if guard.is_empty() {
        return 0;
    }
    std::mem::drop(guard);
    sleep(Duration::ZERO);
    let copied = items.lock().unwrap().clone();
    sleep(Duration::ZERO);
    let handed_on = items.lock().unwrap();
    let n = takes(handed_on);
    sleep(Duration::ZERO);
    let moved = items.lock().unwrap();
    let close = move || moved.len();
    let n = n + close();
    sleep(Duration::ZERO);
    drop(close);
    let ended_inside = items.lock().unwrap();
    group! {
        drop(ended_inside);
        spawn! { sleep(Duration::ZERO) }
    }
    n + copied.len() + usize::from(first.unwrap_or_default())
}

#[vthread]
fn plain_calls(items: &Mutex<Vec<u8>>, names: &RwLock<String>, plain: &Plain) -> u8 {
    let mut items = items.lock().unwrap();
    let names = names.read().unwrap();
    mine::sleep(names.len());
    items.push(plain.save());
    for item in items.iter() {
        mine::sleep(item);
    }
    let sum = |n: u8| items.iter().map(|item| item + n).sum::<u8>();
    sum(1)
}

#[vthread]
fn not_of_std(ours: &vthread::sync::Mutex<u8>, plain: &Plain) -> u8 {
    let ours = ours.lock();
    let value = plain.lock().unwrap();
    let known_later = plain.read().unwrap();
    sleep(Duration::ZERO);
    let known: u8 = known_later;
    *ours + value + known
}

#[vthread]
#[allow(deprecated)]
fn allowed(items: &Mutex<u8>) -> u8 {
    let item = items.lock().unwrap();
    sleep(Duration::ZERO);
    *item
}

fn main() {
    let items = Mutex::new(vec![1]);
    assert_eq!(ended_before(&items), 4);
    assert_eq!(plain_calls(&items, &RwLock::default(), &Plain(2)), 5);
    assert_eq!(not_of_std(&vthread::sync::Mutex::new(1), &Plain(1)), 3);
    assert_eq!(allowed(&Mutex::new(1)), 1);
}
