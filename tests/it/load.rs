//! Load: many vthreads at once.

use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::time::sleep;
use vthread::yield_now;

mod ten_thousand_sleepers {
    use super::*;

    #[vthread]
    fn run(n: usize) -> usize {
        let woken = Mutex::new(0);
        group! {
            for _ in 0..n {
                spawn! {
                    sleep(Duration::from_millis(50));
                    *woken.lock() += 1;
                }
            }
        }
        woken.into_inner()
    }

    #[test]
    fn holds() {
        let start = Instant::now();
        assert_eq!(run(10_000), 10_000);
        // In sequence they would take 500 seconds.
        assert!(start.elapsed() < Duration::from_secs(60));
    }
}

mod a_recursive_parallel_sum_over_borrowed_halves {
    use super::*;

    #[vthread]
    fn sum(values: &[u64]) -> u64 {
        if values.len() <= 100 {
            return values.iter().sum();
        }
        let (left, right) = values.split_at(values.len() / 2);
        group! {
            let left = spawn! { sum(left) };
            let right = sum(right);
            left.join() + right
        }
    }

    #[test]
    fn holds() {
        let values: Vec<u64> = (0..100_000).collect();
        assert_eq!(sum(&values), 4_999_950_000);
    }
}

mod chunks_are_filled_in_place {
    use super::*;

    #[vthread]
    fn fill(values: &mut [usize]) {
        group! {
            for (i, chunk) in values.chunks_mut(100).enumerate() {
                spawn! {
                    yield_now();
                    chunk.fill(i);
                }
            }
        }
        values[0] += 1;
    }

    #[test]
    fn holds() {
        let mut values = vec![0; 10_000];
        fill(&mut values);
        assert_eq!(
            values.iter().sum::<usize>(),
            (0..100).sum::<usize>() * 100 + 1
        );
    }
}

mod max_concurrency_is_kept {
    use super::*;

    #[vthread]
    fn run(n: usize, limit: usize) -> usize {
        let now = Mutex::new((0_usize, 0_usize));
        group!(max_concurrency = limit => {
            for _ in 0..n {
                spawn! {
                    {
                        let mut now = now.lock();
                        now.0 += 1;
                        now.1 = now.1.max(now.0);
                    }
                    for _ in 0..3 {
                        yield_now();
                    }
                    now.lock().0 -= 1;
                }
            }
        });
        now.into_inner().1
    }

    #[test]
    fn holds() {
        let peak = run(500, 7);
        assert!((1..=7).contains(&peak), "{peak} at once");
        assert_eq!(run(50, 1), 1);
    }
}

/// New children go before those that wait for their first turn: a recursion has few at once.
mod a_recursion_of_spawns_goes_into_depth {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    #[derive(Default)]
    struct Leaves {
        alive: AtomicUsize,
        most: AtomicUsize,
        n: AtomicUsize,
    }

    #[vthread]
    fn tree(depth: u32, leaves: &Leaves) {
        if depth == 0 {
            leaves.alive.fetch_sub(1, Relaxed);
            leaves.n.fetch_add(1, Relaxed);
            return;
        }
        group! {
            for _ in 0..10 {
                if depth == 1 {
                    let alive = leaves.alive.fetch_add(1, Relaxed) + 1;
                    leaves.most.fetch_max(alive, Relaxed);
                }
                spawn! { tree(depth - 1, leaves) }
            }
        }
    }

    #[test]
    fn holds() {
        let leaves = Leaves::default();
        tree(4, &leaves);
        assert_eq!(leaves.n.into_inner(), 10_000);
        // In breadth all are alive before the first runs. How few they are in depth depends on how
        // many workers take part, which may be more than usual under load.
        let most = leaves.most.into_inner();
        assert!(most < 9_000, "{most}");
    }
}

/// Each link is a new vthread that spawns another: on every worker there are always new ones.
mod no_vthread_starves_behind_new_children {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    #[vthread]
    fn chain(is_over: &AtomicBool) {
        if !is_over.load(Relaxed) {
            group! { spawn! { chain(is_over) } }
        }
    }

    /// The first child has to run although it is the oldest, and then beside the others.
    #[vthread]
    fn run(n_workers: usize) {
        let is_over = &AtomicBool::new(false);
        group! {
            spawn! {
                for _ in 0..100 {
                    yield_now();
                }
                is_over.store(true, Relaxed);
            }
            for _ in 0..2 * n_workers {
                spawn! { chain(is_over) }
            }
        }
    }

    #[vthread]
    fn in_a_new_vthread() {
        let n_workers = vthread::metrics().workers;
        group! { spawn! { run(n_workers) } }
    }

    #[test]
    fn holds() {
        in_a_new_vthread();
    }
}

mod a_cancelled_crowd_ends_beside_vthreads_that_never_wait {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    const N: usize = 3_000;

    /// Counts its drop.
    struct Counted<'a>(&'a AtomicUsize);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[vthread]
    fn run() -> usize {
        let (n_waiting, n_dropped) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
        let is_over = &AtomicBool::new(false);
        group! {
            // More than there are workers, so that none of these is ever without work.
            for _ in 0..64 {
                spawn! { while !is_over.load(Ordering::Acquire) { yield_now(); } }
            }
            group!(sleepers => {
                for _ in 0..N {
                    let counted = Counted(n_dropped);
                    spawn! {
                        n_waiting.fetch_add(1, Ordering::AcqRel);
                        sleep(Duration::from_secs(3600));
                        drop(counted);
                    }
                }
                while n_waiting.load(Ordering::Acquire) < N { yield_now(); }
                sleepers.cancel();
            });
            is_over.store(true, Ordering::Release);
        }
        n_dropped.load(Ordering::Relaxed)
    }

    #[test]
    fn holds() {
        assert_eq!(run(), N);
    }
}
