//! Stamps of time for the timeline: the processor's counter where it runs evenly, which costs a
//! fraction of a look at the system's clock.
//!
//! A stamp means nothing by itself. A `Scale` is made of two moments at which both clocks were
//! read, and translates stamps into nanoseconds.

#![allow(unsafe_code)] // The counter is read by an instruction of its own.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Whether stamps are counts of the processor's counter, and not nanoseconds. Set before the first
/// stamp that is kept.
static COUNTS: AtomicBool = AtomicBool::new(false);
static BEGINNING: LazyLock<Moment> = LazyLock::new(Moment::now);

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
struct Moment {
    stamp: u64,
    instant: Instant,
}

impl Moment {
    fn now() -> Self {
        let instant = Instant::now();
        // The system's clock is the slower one to read: its end is nearer to the stamp.
        let stamp = match COUNTS.load(Ordering::Relaxed) {
            true => counter::now(),
            false => 0,
        };
        Moment { stamp, instant }
    }
}

/// Chooses the clock. Stamps that were taken before are not to be kept.
pub(super) fn begin() {
    COUNTS.store(counter::is_even(), Ordering::Relaxed);
    LazyLock::force(&BEGINNING);
}

/// The present time, not before what the thread has read from others already.
pub(super) fn now() -> u64 {
    match COUNTS.load(Ordering::Relaxed) {
        true => counter::now(),
        false => nanos_since_beginning(),
    }
}

#[cold]
fn nanos_since_beginning() -> u64 {
    u64::try_from(BEGINNING.instant.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The translation of stamps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    zero: u64,
    nanos_for_each: f64,
}

impl Scale {
    /// By what both clocks show now.
    pub(super) fn now() -> Self {
        match COUNTS.load(Ordering::Relaxed) {
            true => Self::between(*BEGINNING, Moment::now()),
            false => Self::nanoseconds(),
        }
    }

    /// Of stamps that are nanoseconds.
    pub(super) fn nanoseconds() -> Self {
        Scale {
            zero: 0,
            nanos_for_each: 1.0,
        }
    }

    fn between(first: Moment, last: Moment) -> Self {
        let nanos = last.instant.duration_since(first.instant).as_nanos();
        let counts = last.stamp.saturating_sub(first.stamp).max(1);
        Scale {
            zero: first.stamp,
            nanos_for_each: nanos as f64 / counts as f64,
        }
    }

    /// Nanoseconds since the beginning.
    pub(super) fn nanos(self, stamp: u64) -> u64 {
        (stamp.saturating_sub(self.zero) as f64 * self.nanos_for_each) as u64
    }
}

/// The counter of x86-64.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod counter {
    use std::arch::x86_64::{__cpuid, _mm_lfence, _rdtsc};

    /// Whether it runs at one speed on all processors: the processor says that it does, and the
    /// kernel, which has compared them, follows it.
    pub(super) fn is_even() -> bool {
        const EXTENDED: u32 = 0x8000_0000;
        const POWER: u32 = 0x8000_0007;
        const INVARIANT: u32 = 1 << 8;
        let says_so = __cpuid(EXTENDED).eax >= POWER && __cpuid(POWER).edx & INVARIANT != 0;
        says_so && is_followed()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn is_followed() -> bool {
        const CURRENT: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        std::fs::read_to_string(CURRENT).is_ok_and(|name| name.trim() == "tsc")
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn is_followed() -> bool {
        true
    }

    pub(super) fn now() -> u64 {
        // SAFETY: every processor of this architecture has the instructions.
        unsafe {
            // Else the processor may read it before what the code did last.
            _mm_lfence();
            _rdtsc()
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
mod counter {
    pub(super) fn is_even() -> bool {
        false
    }

    pub(super) fn now() -> u64 {
        unreachable!("stamps are nanoseconds here")
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_scale_translates_what_lies_between_and_after() {
        let start = Instant::now();
        let scale = Scale::between(
            Moment {
                stamp: 1_000,
                instant: start,
            },
            Moment {
                stamp: 4_000,
                instant: start + Duration::from_nanos(1_000),
            },
        );
        assert_eq!(
            [1_000, 2_500, 7_000].map(|stamp| scale.nanos(stamp)),
            [0, 500, 2_000]
        );
        assert_eq!(scale.nanos(10), 0);
    }

    #[test]
    fn stamps_follow_one_another_as_the_systems_clock_does() {
        begin();
        let before = Instant::now();
        let first = now();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let last = now();
        let most = before.elapsed();
        let scale = Scale::now();
        let between = Duration::from_nanos(scale.nanos(last) - scale.nanos(first));
        assert!(
            between <= most + Duration::from_millis(1),
            "{between:?} of {most:?}"
        );
        assert!(between >= Duration::from_millis(19), "{between:?}");
    }
}
