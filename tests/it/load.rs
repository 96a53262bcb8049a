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
