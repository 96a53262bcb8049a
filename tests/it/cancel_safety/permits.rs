//! Permits: all are back in the end, and there were never more holders than permits.

use super::*;
use vthread::sync::{Arc, Semaphore};

const PERMITS: usize = 3;

struct Acquire<'a> {
    semaphore: &'a Arc<Semaphore>,
    n_out: AtomicUsize,
}

#[vthread]
impl Attempt for Acquire<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        let n = 1 + (random >> 16) as usize % PERMITS;
        counts.begin();
        if (random >> 24).is_multiple_of(2) {
            let permit = self.semaphore.clone().acquire_many_owned(n);
            counts.done();
            return self.held(n, random, permit);
        }
        let permit = self.semaphore.acquire_many_unless_closed(n).unwrap();
        counts.done();
        self.held(n, random, permit)
    }
}

#[vthread]
impl Acquire<'_> {
    fn held<P: Send>(&self, n: usize, random: u64, permit: P) {
        let n_before = self.n_out.fetch_add(n, Ordering::SeqCst);
        assert!(n_before + n <= PERMITS);
        self.n_out.fetch_sub(n, Ordering::SeqCst);
        pause(random >> 20 & 1);
        drop(permit);
    }
}

#[vthread]
fn acquire(seed: u64, n: usize) -> (usize, usize) {
    let semaphore = Arc::new(Semaphore::new(PERMITS));
    let what = Acquire {
        semaphore: &semaphore,
        n_out: AtomicUsize::new(0),
    };
    let result = group! {
        for n in 1..=PERMITS {
            let semaphore = &semaphore;
            spawn!(service => {
                loop {
                    let _permit = semaphore.acquire_many(n);
                    pause(1);
                }
            });
        }
        let result = storm(&what, seed, n);
        for _ in 0..100 {
            drop(semaphore.acquire_many(PERMITS));
        }
        result
    };
    assert_eq!(semaphore.available_permits(), PERMITS);
    result
}

#[test]
fn a_waiter_loses_none() {
    conserved("permit waiters", acquire);
}
