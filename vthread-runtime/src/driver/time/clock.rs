//! Time in ticks of a millisecond, counted from the start of the driver.

use super::wheel::LAST_TICK;
use crate::base::clock::StandingClock;
use std::time::{Duration, Instant};

/// Translates between instants and ticks.
#[derive(Debug)]
pub(crate) enum Clock {
    /// The system's, since the given instant.
    Running(Instant),
    /// A test's.
    Standing(&'static StandingClock),
}

impl Clock {
    /// A clock whose tick 0 is now.
    pub(crate) fn start() -> Self {
        Clock::Running(Instant::now())
    }

    /// The instant at which tick 0 begins.
    #[inline]
    fn zero(&self) -> Instant {
        match self {
            Clock::Running(start) => *start,
            Clock::Standing(clock) => clock.started_at(),
        }
    }

    #[inline]
    fn elapsed(&self) -> Duration {
        match self {
            Clock::Running(start) => start.elapsed(),
            Clock::Standing(clock) => clock.elapsed(),
        }
    }

    /// The last tick that has begun.
    pub(crate) fn now(&self) -> u64 {
        to_ticks(self.elapsed().as_millis())
    }

    /// The first tick that does not begin before `instant`: timers are never early.
    pub(crate) fn tick_of(&self, instant: Instant) -> u64 {
        let since_start = instant.saturating_duration_since(self.zero());
        to_ticks(since_start.as_nanos().div_ceil(1_000_000))
    }

    /// How long it is until `tick` begins.
    pub(crate) fn until(&self, tick: u64) -> Duration {
        Duration::from_millis(tick).saturating_sub(self.elapsed())
    }
}

fn to_ticks(millis: u128) -> u64 {
    u64::try_from(millis).unwrap_or(LAST_TICK).min(LAST_TICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up() {
        let clock = Clock::start();
        assert_eq!(clock.tick_of(clock.zero()), 0);
        assert_eq!(clock.tick_of(clock.zero() + Duration::from_nanos(1)), 1);
        assert_eq!(clock.tick_of(clock.zero() + Duration::from_millis(7)), 7);
        assert_eq!(
            clock.tick_of(clock.zero() + Duration::from_micros(7_001)),
            8
        );
    }

    #[test]
    fn clamps() {
        let clock = Clock::start();
        let far = clock.zero() + Duration::from_secs(1 << 40);
        assert_eq!(clock.tick_of(far), LAST_TICK);
        assert_eq!(clock.until(0), Duration::ZERO);
    }
}
