//! Closures, threads and async blocks in a group's body spawn into the group.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;

#[vthread]
fn count(names: &[String]) -> Result<usize, String> {
    let total = AtomicUsize::new(0);
    let sum = &total;
    group!(g, max_concurrency = 2 => {
        names.iter().for_each(|name| {
            spawn! { sum.fetch_add(name.len(), Ordering::Relaxed); };
        });
        std::thread::scope(|threads| {
            threads.spawn(|| {
                spawn! { sum.fetch_add(names.len(), Ordering::Relaxed); };
            });
        });
        async {
            spawn!(g => { sum.fetch_add(100, Ordering::Relaxed); });
        }
        .await;
    })?;
    Ok(total.into_inner())
}

fn main() {
    assert_eq!(count(&[String::from("ab"), String::from("c")]), Ok(105));
}
