//! The lock under every schedule.

use super::*;
use crate::primitive::{Arc, block_on, thread};
use std::future::poll_fn;
use std::pin::pin;

fn acquire(lock: &RawLock) {
    let wait = pin!(Wait::new(lock));
    block_on(poll_fn(|cx| RawLock::poll_acquire(wait.as_ref(), cx)));
}

/// Polls `n_polls` times, and goes away with the lock that it may have been granted.
fn acquire_or_go(lock: &RawLock, n_polls: usize) -> bool {
    let wait = pin!(Wait::new(lock));
    let mut polls_left = n_polls;
    block_on(poll_fn(|cx| {
        polls_left -= 1;
        match RawLock::poll_acquire(wait.as_ref(), cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if polls_left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    }))
}

fn check_free(lock: &RawLock) {
    assert!(lock.try_acquire(), "everybody has released it");
    lock.release();
    assert!(lock.waiters.lock().is_empty());
}

#[test]
fn loom_lock_excludes_and_serves_every_waiter() {
    loom::model(|| {
        let lock = Arc::new(RawLock::new());
        // loom checks that the value is used by one thread at a time.
        let value = Arc::new(loom::cell::UnsafeCell::new(0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (lock, value) = (lock.clone(), value.clone());
                thread::spawn(move || {
                    acquire(&lock);
                    value.with_mut(|_| ());
                    lock.release();
                })
            })
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        check_free(&lock);
    });
}

#[test]
fn loom_lock_a_waiter_that_leaves_blocks_no_other() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(RawLock::new());
        assert!(lock.try_acquire());
        let goer = {
            let lock = lock.clone();
            thread::spawn(move || {
                if acquire_or_go(&lock, 1) {
                    lock.release();
                }
            })
        };
        let stayer = {
            let lock = lock.clone();
            thread::spawn(move || {
                acquire(&lock);
                lock.release();
            })
        };
        lock.release();
        // A newcomer, which may hold the lock when the notified waiter acts or goes away.
        if lock.try_acquire() {
            lock.release();
        }
        goer.join().unwrap();
        stayer.join().unwrap();
        check_free(&lock);
    });
}

/// Another thread barges in again and again: the waiter is granted the lock, and the grant is seen.
#[test]
fn loom_lock_an_overtaken_waiter_is_granted_it() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(RawLock::new());
        let waiter = {
            let lock = lock.clone();
            thread::spawn(move || {
                acquire(&lock);
                lock.release();
            })
        };
        for _ in 0..2 {
            if lock.try_acquire() {
                lock.release();
            }
        }
        waiter.join().unwrap();
        check_free(&lock);
    });
}

/// An overtaken waiter goes away just as the lock is granted to it: the lock is released.
#[test]
fn loom_lock_granted_to_a_leaving_waiter_is_released() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(RawLock::new());
        assert!(lock.try_acquire());
        let goer = {
            let lock = lock.clone();
            thread::spawn(move || {
                if acquire_or_go(&lock, 2) {
                    lock.release();
                }
            })
        };
        lock.release();
        acquire(&lock);
        lock.release();
        goer.join().unwrap();
        check_free(&lock);
    });
}

#[test]
fn loom_lock_both_waiters_are_served() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(RawLock::new());
        assert!(lock.try_acquire());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let lock = lock.clone();
                thread::spawn(move || {
                    acquire(&lock);
                    lock.release();
                })
            })
            .collect();
        lock.release();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        check_free(&lock);
    });
}

/// A vthread that has released the lock looks at the waiters later than others that have taken it
/// since: the waiter that it grants the lock sees what these did, and none is forgotten.
#[test]
fn loom_lock_a_late_release_grants_what_others_have_released() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(RawLock::new());
        let value = Arc::new(loom::cell::UnsafeCell::new(0));
        assert!(lock.try_acquire());
        let waiter = {
            let (lock, value) = (lock.clone(), value.clone());
            thread::spawn(move || {
                acquire(&lock);
                value.with_mut(|_| ());
                lock.release();
            })
        };
        let newcomer = {
            let (lock, value) = (lock.clone(), value.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    if lock.try_acquire() {
                        value.with_mut(|_| ());
                        lock.release();
                    }
                }
            })
        };
        value.with_mut(|_| ());
        lock.release();
        waiter.join().unwrap();
        newcomer.join().unwrap();
        check_free(&lock);
    });
}
