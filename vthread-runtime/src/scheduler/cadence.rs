//! How often a worker looks around: at the driver and at the injector.
//!
//! A look costs as much as several short polls, and what waits for it should not wait long. So the
//! number of tasks between two looks follows the time that they take, as in tokio's self-tuned
//! interval for its global queue.

use std::time::{Duration, Instant};

/// The fewest tasks between two looks. A power of two.
pub(super) const FEWEST: usize = 64;
/// The most. A power of two, and not larger, because tasks that were short may become long ones.
pub(super) const MOST: usize = 256;
/// If the tasks between two looks took less than this, there will be more before the next one.
const SHORT: Duration = Duration::from_micros(15);
/// If they took more than this, there will be fewer.
const LONG: Duration = Duration::from_micros(60);

/// When a worker looks around.
#[derive(Debug)]
pub(super) struct Cadence {
    /// One less than the number of tasks between two looks.
    mask: usize,
    looked: Instant,
}

impl Cadence {
    pub(super) fn new() -> Self {
        Cadence {
            mask: FEWEST - 1,
            looked: Instant::now(),
        }
    }

    /// Whether the worker looks around before its round number `n`.
    #[inline]
    pub(super) fn is_due(&self, n: usize) -> bool {
        n & self.mask == 0
    }

    /// The worker looks around, at `now`.
    pub(super) fn looks(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(std::mem::replace(&mut self.looked, now));
        if elapsed < SHORT {
            self.mask = (2 * self.mask + 1).min(MOST - 1);
        } else if elapsed > LONG {
            // At once.
            self.mask = FEWEST - 1;
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The number of tasks between two looks, after some that take as long.
    fn tasks(each: Duration) -> usize {
        let mut cadence = Cadence::new();
        let mut now = Instant::now();
        for n in 1..4_000_usize {
            now += each;
            if cadence.is_due(n) {
                cadence.looks(now);
            }
        }
        cadence.mask + 1
    }

    #[test]
    fn short_tasks_are_many() {
        assert_eq!(tasks(Duration::from_nanos(10)), MOST);
        assert_eq!(tasks(Duration::from_nanos(100)), MOST);
    }

    #[test]
    fn long_tasks_are_few() {
        assert_eq!(tasks(Duration::from_nanos(400)), FEWEST);
        assert_eq!(tasks(Duration::from_millis(1)), FEWEST);
    }

    #[test]
    fn long_tasks_after_short_ones_are_few_at_once() {
        let mut cadence = Cadence::new();
        let mut now = Instant::now();
        for _ in 0..10 {
            now += Duration::from_nanos(1);
            cadence.looks(now);
        }
        assert!(!cadence.is_due(FEWEST));
        cadence.looks(now + LONG * 2);
        assert!(cadence.is_due(FEWEST));
    }
}
