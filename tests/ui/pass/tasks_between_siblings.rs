//! One child joins another, and a child spawns siblings that borrow from the parent.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::sync::atomic::{AtomicU32, Ordering};
use vthread::prelude::*;

#[vthread]
fn f() -> u32 {
    let (base, total) = (String::from("abc"), AtomicU32::new(0));
    let (base, total) = (&base, &total);
    group!(g => {
        let first = spawn! { base.len() as u32 };
        let second = spawn! { first.join() + 1 };
        spawn!(g => {
            let n = second.join();
            spawn!(g => {
                total.fetch_add(n + base.len() as u32, Ordering::Relaxed);
            });
        });
    });
    total.load(Ordering::Relaxed)
}

fn main() {
    assert_eq!(f(), 7);
}
