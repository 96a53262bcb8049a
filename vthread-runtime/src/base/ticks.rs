//! A clock that costs one load: it shows the time at which a thread has renewed it last.
//!
//! The monitor renews it while workers are awake, and a thread does that has slept.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The unit, in milliseconds: a count of 32 bits lasts for more than a year.
const UNIT: u32 = 10;

static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
static SHOWN: AtomicU32 = AtomicU32::new(0);

/// The time that the clock shows.
#[inline]
pub(crate) fn shown() -> u32 {
    SHOWN.load(Ordering::Relaxed)
}

/// Sets it to the present time.
pub(crate) fn renew() {
    // A store: it does not matter which of two threads is a little late.
    SHOWN.store(now(), Ordering::Relaxed);
}

/// The time from `then`, which the clock has shown, until now.
pub(crate) fn since(then: u32) -> Duration {
    let units = now().wrapping_sub(then);
    // Another thread may have renewed it since.
    let units = if units > u32::MAX / 2 { 0 } else { units };
    Duration::from_millis(u64::from(units) * u64::from(UNIT))
}

fn now() -> u32 {
    let units = ORIGIN.elapsed().as_millis() / u128::from(UNIT);
    // It wraps.
    units as u32
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn time_passes_and_what_lies_ahead_is_now() {
        renew();
        let then = shown();
        assert!(since(then) < Duration::from_secs(60));
        assert_eq!(since(now().wrapping_add(500)), Duration::ZERO);
        assert!(since(now().wrapping_sub(500)) >= Duration::from_secs(5));
    }
}
