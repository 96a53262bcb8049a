//! Nothing is left behind. Miri's own check for leaks needs a process whose threads have all ended,
//! and the workers stay; so allocations are counted here, in a process of its own: a task, a group
//! or a frame that leaks in each round shows after some rounds.

#![allow(unsafe_code)] // An allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicIsize, Ordering};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::{Duration, sleep};
use vthread::yield_now;

/// The number of live allocations.
static ALIVE: AtomicIsize = AtomicIsize::new(0);

struct Counting;

// SAFETY: the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const LONG: Duration = Duration::from_secs(3600);

#[vthread]
fn depth(n: u32) -> u32 {
    if n == 0 {
        yield_now();
        return 0;
    }
    1 + depth(n - 1)
}

/// A child that is joined, one whose value is not taken, one that is cancelled, one that fails.
#[vthread]
fn round() -> Result<u32, String> {
    let (tx, rx) = channel::<()>(1);
    group! {
        let joined = spawn! { yield_now(); String::from("joined") };
        drop(spawn! { String::from("unread") });
        spawn! { let _kept = tx; sleep(LONG); };
        let cancelled = spawn!(name = "cancelled" => { rx.recv().ok(); });
        cancelled.cancel();
        let n = joined.join().len() as u32 + depth(12);
        spawn! { yield_now(); Err::<(), _>(format!("failed after {n}"))? };
        sleep(LONG);
        Ok(n)
    }
}

#[vthread]
fn panics() {
    group! {
        spawn! { yield_now(); std::panic::resume_unwind(Box::new(3)) }
        sleep(LONG);
    }
}

fn rounds(n: usize) -> isize {
    for _ in 0..n {
        assert_eq!(round(), Err("failed after 18".to_owned()));
        assert!(catch_unwind(AssertUnwindSafe(|| panics())).is_err());
    }
    ALIVE.load(Ordering::SeqCst)
}

/// In one span of rounds a queue may grow to its size, or a thread may steal for the first time. A
/// leak of each round shows in every span.
#[test]
fn rounds_leave_nothing() {
    let n = if cfg!(miri) { 4 } else { 1_000 };
    let mut before = rounds(n / 2);
    let mut grown = Vec::new();
    while grown.len() < 5 {
        let after = rounds(n);
        if after - before < n as isize / 2 {
            return;
        }
        grown.push(after - before);
        before = after;
    }
    panic!("{n} rounds each have left so many allocations behind: {grown:?}");
}
