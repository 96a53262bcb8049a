//! The root of a blocking call stays on its thread: it may hold an `Rc`, and children may borrow
//! what is inside.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use vthread::prelude::*;

#[vthread]
fn count() -> u32 {
    let total = Rc::new(AtomicU32::new(0));
    let shared: &AtomicU32 = &total;
    group! {
        for i in 0..4 {
            spawn! { shared.fetch_add(i, Ordering::Relaxed); }
        }
        vthread::yield_now();
    }
    total.load(Ordering::Relaxed)
}

fn main() {
    assert_eq!(count(), 6);
}
