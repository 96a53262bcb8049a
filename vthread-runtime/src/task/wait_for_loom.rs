//! Owners of locks and waits under every schedule.

use super::*;
use crate::primitive::{Arc, AtomicUsize, Mutex, thread};
use std::pin::pin;

/// A lock as the protocol sees it: a word that is taken by `Acquire` and released by `Release`.
struct Lock {
    is_locked: AtomicUsize,
    taken: LockOwner,
}

impl Lock {
    fn try_take(&self, who: Stamp) -> bool {
        let is_taken = self
            .is_locked
            .compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            .is_ok();
        if is_taken {
            self.taken.set(who, Location::caller());
        }
        is_taken
    }

    fn release(&self) {
        self.taken.clear();
        self.is_locked.store(0, Ordering::Release);
    }
}

/// A vthread that is seen to wait, and has released the lock, is not found as its owner afterwards.
#[test]
fn loom_wait_for_a_stamp_that_lasts_is_true() {
    loom::model(|| {
        let lock = Arc::new(Lock {
            is_locked: AtomicUsize::new(0),
            taken: LockOwner::unowned(),
        });
        let other = Arc::new(LockOwner::unowned());
        let vthread = Arc::new(Vthread::new());
        let (first, second) = (Stamp::for_test(1, 0), Stamp::for_test(2, 0));
        let waiter = {
            let (lock, other, vthread) = (lock.clone(), other.clone(), vthread.clone());
            thread::spawn(move || {
                if lock.try_take(first) {
                    lock.release();
                }
                // Now it waits for another lock.
                let waiting = pin!(LockWait::new(Location::caller()));
                let waiting = waiting.into_ref();
                waiting.link(&other, &vthread);
                waiting.end();
            })
        };
        let taker = {
            let lock = lock.clone();
            thread::spawn(move || lock.try_take(second))
        };
        let is_seen = vthread.open().waiting().is_some();
        if is_seen {
            assert_ne!(lock.taken.by(), first);
        }
        waiter.join().unwrap();
        taker.join().unwrap();
    });
}

/// An observed wait is alive, and so is its lock.
#[test]
fn loom_wait_for_is_unlinked_before_its_drop() {
    loom::model(|| {
        let vthread = Arc::new(Vthread::new());
        let waiter = {
            let vthread = vthread.clone();
            thread::spawn(move || {
                let taken = LockOwner::unowned();
                taken.set(Stamp::for_test(7, 3), Location::caller());
                let waiting = pin!(LockWait::new(Location::caller()));
                waiting.into_ref().link(&taken, &vthread);
            })
        };
        if let Some(seen) = vthread.open().waiting() {
            assert_eq!(seen.taken_by, Stamp::for_test(7, 3));
        }
        waiter.join().unwrap();
    });
}

/// Two vthreads begin to wait, and the watchdog looks when it was called: it has seen both waits,
/// or will be called once more.
#[test]
fn loom_watch_no_wait_is_overlooked() {
    loom::model(|| {
        let vthreads = [(); 2].map(|()| Arc::new(Vthread::new()));
        assert!(!is_watched());
        let is_called = Arc::new(Mutex::new(false));
        let waiters = vthreads.clone().map(|vthread| {
            let is_called = is_called.clone();
            thread::spawn(move || {
                let taken = Box::new(LockOwner::unowned());
                let waiting = Box::pin(LockWait::new(Location::caller()));
                let is_watched = waiting.as_ref().link(&taken, &vthread);
                if !is_watched && !set_watched(true) {
                    *is_called.lock() = true;
                }
                // It goes on waiting.
                (waiting, taken)
            })
        });
        let mut is_seen = [false; 2];
        let mut watch = || {
            if std::mem::take(&mut *is_called.lock()) {
                set_watched(false);
                for (vthread, is_seen) in vthreads.iter().zip(&mut is_seen) {
                    *is_seen |= vthread.open().waiting().is_some();
                }
            }
        };
        watch();
        let waits = waiters.map(|waiter| waiter.join().unwrap());
        watch();
        assert_eq!(is_seen, [true; 2], "a wait is overlooked");
        drop(waits);
    });
}
