//! Semaphores: children that take permits, some of which are cancelled while they wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;
use vthread::sync::Semaphore;
use vthread::yield_now;

/// A few permits among many: the number of holders never exceeds the number of permits.
mod no_more_than_there_are {
    use super::*;

    #[vthread]
    fn run(n_children: usize, n_permits: usize) -> usize {
        let semaphore = Semaphore::new(n_permits);
        let (n_held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        group! {
            for i in 0..n_children {
                spawn! {
                    let n = 1 + i % n_permits;
                    let _permit = semaphore.acquire_many(n);
                    most.fetch_max(n_held.fetch_add(n, Ordering::SeqCst) + n, Ordering::SeqCst);
                    yield_now();
                    n_held.fetch_sub(n, Ordering::SeqCst);
                }
            }
        }
        assert_eq!(semaphore.available_permits(), n_permits);
        most.into_inner()
    }

    #[test]
    fn holds() {
        assert_eq!(run(1_000, 3), 3);
    }
}

/// Waiters are cancelled at random instants, a hundred thousand times, beside others that stay. In
/// the end all permits are back.
mod nothing_is_lost_to_cancelled_waiters {
    use super::*;

    const PERMITS: usize = 2;

    /// One waiter, cancelled after this many turns of its parent.
    #[vthread]
    fn come_and_go(semaphore: &Semaphore, n: usize, turns: usize) -> Result<(), usize> {
        group! {
            spawn! {
                let _permit = semaphore.acquire_many(n);
                yield_now();
            }
            for _ in 0..turns {
                yield_now();
            }
            Err::<(), _>(turns)?;
        }
    }

    #[vthread]
    fn run(rounds: usize) -> usize {
        let semaphore = Semaphore::new(PERMITS);
        group! {
            // These acquire and release for as long as there are waiters to disturb.
            for n in 1..=PERMITS {
                spawn!(service => {
                    loop {
                        let _permit = semaphore.acquire_many(n);
                        yield_now();
                    }
                });
            }
            for lane in 0..4 {
                spawn! {
                    let mut state = lane as u64 + 1;
                    for _ in 0..rounds / 4 {
                        // A small generator of random numbers: the instants differ, the seeds do
                        // not.
                        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                        let random = (state >> 33) as usize;
                        assert!(come_and_go(&semaphore, 1 + random % PERMITS, random / 2 % 6).is_err());
                    }
                }
            }
        }
        semaphore.available_permits()
    }

    #[test]
    fn holds() {
        assert_eq!(run(100_000), PERMITS);
    }
}
