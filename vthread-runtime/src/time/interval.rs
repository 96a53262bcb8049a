//! Ticks at a fixed period.

use super::sleeping::Sleep;
use super::{Duration, Instant};
use crate::base::clock;
use crate::task::call::{Call, Suspends, name_hash};
use std::future::Future;

/// Ticks every `period`; the first tick comes at once.
///
/// # Panics
/// If `period` is zero.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::time::{Duration, interval};
///
/// let mut every = interval(Duration::from_millis(2));
/// let first = every.tick().block(); // In #[vthread] code: every.tick()
/// let second = every.tick().block();
/// assert_eq!(second - first, Duration::from_millis(2));
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(clock::now(), period)
}

/// Ticks every `period`, for the first time at `start`.
///
/// # Panics
/// If `period` is zero.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(
        !period.is_zero(),
        "vthread::time::interval: the period must not be zero"
    );
    Interval {
        next: start,
        period,
        missed: MissedTickBehavior::Burst,
    }
}

/// The behaviour of an [`Interval`] when a tick is asked for later than the next one was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedTickBehavior {
    /// Ticks at once until it has caught up, so that the number of ticks is right. The default.
    #[default]
    Burst,
    /// Ticks at once, and then a period after that.
    Delay,
    /// Ticks at once, and then at the next multiple of the period.
    Skip,
}

/// Ticks at a fixed period. See [`interval`].
#[derive(Debug)]
pub struct Interval {
    /// When the next tick is due.
    next: Instant,
    period: Duration,
    missed: MissedTickBehavior,
}

impl Interval {
    /// Waits for the next tick, and returns the time at which it was due.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the tick is due.
    ///
    /// # Cancellation
    /// The tick has not happened: the next call waits for the same one.
    pub fn tick(&mut self) -> Call<Instant, impl Future<Output = Instant>> {
        Call::leaf(async move {
            Sleep::until(self.next).await;
            let due = self.next;
            self.next = self.after(due, clock::now());
            due
        })
    }

    /// The tick after the one that was due at `due` and is delivered at `now`.
    fn after(&self, due: Instant, now: Instant) -> Instant {
        let next = due + self.period;
        if next > now {
            return next;
        }
        match self.missed {
            MissedTickBehavior::Burst => next,
            MissedTickBehavior::Delay => now + self.period,
            MissedTickBehavior::Skip => {
                let late = (now - due).as_nanos() % self.period.as_nanos();
                // Smaller than the period, which is a duration.
                let late =
                    Duration::new((late / 1_000_000_000) as u64, (late % 1_000_000_000) as u32);
                now + (self.period - late)
            }
        }
    }

    /// The next tick comes a period from now.
    pub fn reset(&mut self) {
        self.next = clock::now() + self.period;
    }

    /// The next tick comes at `deadline`.
    pub fn reset_at(&mut self, deadline: Instant) {
        self.next = deadline;
    }

    /// The next tick comes at once.
    pub fn reset_immediately(&mut self) {
        self.next = clock::now();
    }

    /// Returns the time between two ticks.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Returns its behaviour when a tick is late.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Sets its behaviour when a tick is late.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("tick") }> for Interval {}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn after(missed: MissedTickBehavior, late: u32) -> Duration {
        let due = Instant::now();
        let mut every = interval_at(due, 10 * MS);
        every.set_missed_tick_behavior(missed);
        every.after(due, due + late * MS) - due
    }

    #[test]
    fn what_is_in_time_keeps_the_period() {
        for missed in [
            MissedTickBehavior::Burst,
            MissedTickBehavior::Delay,
            MissedTickBehavior::Skip,
        ] {
            assert_eq!(after(missed, 0), 10 * MS);
            assert_eq!(after(missed, 9), 10 * MS);
        }
    }

    #[test]
    fn what_is_late_bursts_delays_or_skips() {
        assert_eq!(after(MissedTickBehavior::Burst, 34), 10 * MS);
        assert_eq!(after(MissedTickBehavior::Delay, 34), 44 * MS);
        assert_eq!(after(MissedTickBehavior::Skip, 34), 40 * MS);
        assert_eq!(after(MissedTickBehavior::Skip, 40), 50 * MS);
    }

    #[test]
    fn ticks_are_a_period_apart() {
        let start = Instant::now();
        let mut every = interval_at(start + 2 * MS, MS);
        assert_eq!(every.tick().block(), start + 2 * MS);
        assert_eq!(every.tick().block(), start + 3 * MS);
        assert!(Instant::now() >= start + 3 * MS);
        every.reset_at(start);
        assert_eq!(every.tick().block(), start);
    }
}
