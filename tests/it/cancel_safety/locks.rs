//! Locks: the lock is free in the end, and every holder has left a trace.

use super::*;
use vthread::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockWriteGuard};

struct Lock<'a>(&'a Mutex<usize>);

#[vthread]
impl Attempt for Lock<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        counts.begin();
        let mut guard = self.0.lock();
        *guard += 1;
        counts.done();
        // It may be cancelled while it holds the lock.
        pause(random >> 16 & 1);
    }
}

#[vthread]
fn lock(seed: u64, n: usize) -> (usize, usize) {
    let (lock, n_resident) = (Mutex::new(0), AtomicUsize::new(0));
    let result = group! {
        for _ in 0..2 {
            spawn!(service => {
                loop {
                    let mut guard = lock.lock();
                    *guard += 1;
                    n_resident.fetch_add(1, Ordering::SeqCst);
                    pause(2);
                }
            });
        }
        let result = storm(&Lock(&lock), seed, n);
        // The next waiter gets it.
        for _ in 0..100 {
            *lock.lock() += 1;
        }
        result
    };
    let count = *lock.try_lock().expect("it is free");
    assert_eq!(count, 100 + result.1 + n_resident.into_inner());
    result
}

struct Either<'a>(&'a RwLock<usize>, AtomicUsize);

#[vthread]
impl Attempt for Either<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        counts.begin();
        if (random >> 16).is_multiple_of(3) {
            let mut guard = self.0.write();
            *guard += 1;
            self.1.fetch_add(1, Ordering::SeqCst);
            counts.done();
            pause(random >> 20 & 1);
        } else {
            let _guard = self.0.read();
            counts.done();
            pause(random >> 20 & 1);
        }
    }
}

#[vthread]
fn read_or_write(seed: u64, n: usize) -> (usize, usize) {
    let (lock, n_resident) = (RwLock::new(0), AtomicUsize::new(0));
    let what = Either(&lock, AtomicUsize::new(0));
    let result = group! {
        spawn!(service => {
            loop {
                let mut guard = lock.write();
                *guard += 1;
                n_resident.fetch_add(1, Ordering::SeqCst);
                pause(2);
            }
        });
        let result = storm(&what, seed, n);
        for _ in 0..100 {
            *lock.write() += 1;
        }
        result
    };
    let written = 100 + what.1.into_inner() + n_resident.into_inner();
    assert_eq!(*lock.try_write().expect("it is free"), written);
    result
}

/// Owned guards, guards of a part, writers that become readers.
struct Kinds(Arc<Mutex<(usize, usize)>>, Arc<RwLock<usize>>, AtomicUsize);

#[vthread]
impl Attempt for Kinds {
    fn attempt(&self, counts: &Counts, random: u64) {
        counts.begin();
        match (random >> 16) % 3 {
            0 => {
                let mut guard = self.0.clone().lock_owned();
                guard.0 += 1;
                counts.done();
                pause(random >> 20 & 1);
            }
            1 => {
                let mut part = MutexGuard::map(self.0.lock(), |pair| &mut pair.0);
                *part += 1;
                counts.done();
                pause(random >> 20 & 1);
            }
            _ => {
                let mut writing = self.1.write();
                *writing += 1;
                self.2.fetch_add(1, Ordering::SeqCst);
                counts.done();
                let reading = RwLockWriteGuard::downgrade(writing);
                pause(random >> 20 & 1);
                drop(reading);
            }
        }
    }
}

#[vthread]
fn kinds(seed: u64, n: usize) -> (usize, usize) {
    let (lock, values) = (Arc::new(Mutex::new((0, 0))), Arc::new(RwLock::new(0)));
    let what = Kinds(lock.clone(), values.clone(), AtomicUsize::new(0));
    let n_resident = AtomicUsize::new(0);
    let result = group! {
        spawn!(service => {
            loop {
                let reading = values.clone().read_owned();
                pause(1);
                drop(reading);
                let mut writing = values.clone().write_owned();
                *writing += 1;
                n_resident.fetch_add(1, Ordering::SeqCst);
                pause(1);
            }
        });
        let result = storm(&what, seed, n);
        for _ in 0..100 {
            drop(lock.lock());
            *values.write() += 1;
        }
        result
    };
    let n_written = what.2.into_inner();
    assert_eq!(lock.try_lock().expect("it is free").0, result.1 - n_written);
    let value = *values.try_write().expect("it is free");
    assert_eq!(value, 100 + n_written + n_resident.into_inner());
    result
}

#[test]
fn guards_of_all_kinds_lose_none() {
    conserved("guards of all kinds", kinds);
}

#[test]
fn a_waiter_loses_none() {
    conserved("lock waiters", lock);
}

#[test]
fn readers_and_writers_lose_none() {
    conserved("readers and writers", read_or_write);
}
