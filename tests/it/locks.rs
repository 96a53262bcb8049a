//! Locks: waits of vthreads for each other, besides mutexes, channels and semaphores.

use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;
use vthread::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock, oneshot};
use vthread::time::{Duration, sleep};
use vthread::yield_now;

mod a_oneshot_brings_one_message {
    use super::*;

    #[vthread]
    fn run() -> (u32, bool) {
        let (tx, rx) = oneshot();
        let early = timeout!(Duration::ZERO => { rx.recv() });
        assert!(early.is_err(), "nothing has been sent");
        group! {
            spawn! { tx.send(7).unwrap() }
            let message = rx.recv().unwrap();
            (message, rx.recv().is_err())
        }
    }

    #[test]
    fn holds() {
        assert_eq!(run(), (7, true));
    }
}

mod readers_see_whole_writes {
    use super::*;

    #[vthread]
    fn run(n: usize) -> (usize, usize) {
        let lock = RwLock::new((0, 0));
        group! {
            for i in 0..n {
                spawn! {
                    if usize::is_multiple_of(i, 4) {
                        let mut both = lock.write();
                        both.0 += 1;
                        yield_now();
                        both.1 += 1;
                    } else {
                        let both = lock.read();
                        yield_now();
                        assert_eq!(both.0, both.1);
                    }
                }
            }
        }
        lock.into_inner()
    }

    #[test]
    fn holds() {
        assert_eq!(run(2_000), (500, 500));
    }
}

/// Takers are cancelled at random instants; their notifications go to others.
mod a_condvar_loses_no_notification {
    use super::*;

    #[vthread]
    fn take(queue: &Mutex<Vec<u64>>, changed: &Condvar) -> u64 {
        let mut queue = changed.wait_while(queue.lock(), |queue| queue.is_empty());
        queue.pop().unwrap()
    }

    #[vthread]
    fn take_or_go(
        queue: &Mutex<Vec<u64>>,
        changed: &Condvar,
        turns: usize,
        sum: &AtomicUsize,
    ) -> Result<(), usize> {
        group! {
            spawn! {
                let taken = take(queue, changed);
                sum.fetch_add(taken as usize, Ordering::SeqCst);
            }
            for _ in 0..turns {
                yield_now();
            }
            Err::<(), _>(turns)?;
        }
    }

    #[vthread]
    fn run(n: usize) -> usize {
        let (queue, changed) = (Mutex::new(Vec::new()), Condvar::new());
        let sum = AtomicUsize::new(0);
        group! {
            spawn!(service => {
                for i in 0.. {
                    assert!(take_or_go(&queue, &changed, i % 7, &sum).is_err());
                }
            });
            spawn! {
                for i in 0..n {
                    queue.lock().push(i as u64);
                    changed.notify_one();
                    yield_now();
                }
            }
        }
        // Items that were not taken are still there.
        sum.into_inner() + queue.into_inner().into_iter().sum::<u64>() as usize
    }

    #[test]
    fn holds() {
        assert_eq!(run(2_000), (0..2_000).sum::<usize>());
    }
}

mod a_barrier_waits_for_all {
    use super::*;

    #[vthread]
    fn run(n: usize, rounds: usize) -> (usize, usize) {
        let barrier = Barrier::new(n);
        let (arrivals, leaders) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let early = timeout!(Duration::ZERO => { barrier.wait().is_leader() });
        assert!(
            early.is_err(),
            "no other waiter is there, and it counts no more"
        );
        group! {
            for _ in 0..n {
                spawn! {
                    for round in 1..=rounds {
                        arrivals.fetch_add(1, Ordering::SeqCst);
                        if barrier.wait().is_leader() {
                            leaders.fetch_add(1, Ordering::SeqCst);
                        }
                        assert!(arrivals.load(Ordering::SeqCst) >= n * round);
                    }
                }
            }
        }
        (arrivals.into_inner(), leaders.into_inner())
    }

    #[test]
    fn holds() {
        assert_eq!(run(20, 50), (1_000, 50));
    }
}

/// The vthread that makes the value may be cancelled; then the next one makes it.
mod a_cell_is_filled_once {
    use super::*;

    #[vthread]
    fn make_in_vain(cell: &OnceLock<usize>) -> Result<(), &'static str> {
        let (tx, rx) = oneshot();
        group! {
            spawn! {
                cell.get_or_init(|| {
                    tx.send(()).unwrap();
                    sleep(Duration::from_secs(3600));
                    0
                });
            }
            rx.recv().unwrap();
            Err::<(), _>("cancelled")?;
        }
    }

    #[vthread]
    fn run(n: usize) -> (usize, usize) {
        let (cell, n_made) = (OnceLock::new(), AtomicUsize::new(0));
        assert!(make_in_vain(&cell).is_err());
        assert_eq!(cell.get(), None);
        group! {
            for _ in 0..n {
                spawn! {
                    let value = cell.get_or_init(|| {
                        yield_now();
                        7 + n_made.fetch_add(1, Ordering::SeqCst)
                    });
                    assert_eq!(*value, 7);
                }
            }
        }
        (cell.into_inner().unwrap(), n_made.into_inner())
    }

    #[test]
    fn holds() {
        assert_eq!(run(50), (7, 1));
    }
}
