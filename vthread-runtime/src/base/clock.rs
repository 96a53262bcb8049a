//! The clock that deadlines and timers follow: the system's, or on an OS thread that works for a
//! test with a time of its own, that test's.

use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

/// The origin of all counts here.
static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    static HERE: Cell<Option<&'static StandingClock>> = const { Cell::new(None) };
}

/// A clock that stands still until it is moved. It is never freed, and used again.
#[derive(Debug)]
pub(crate) struct StandingClock {
    /// When it was started, in nanoseconds since the origin.
    start: AtomicU64,
    /// How far it has been moved since then, in nanoseconds.
    elapsed: AtomicU64,
    /// The timers that follow it, for the layer that knows them.
    timers: OnceLock<&'static (dyn Any + Send + Sync)>,
}

impl StandingClock {
    /// A clock that is not started.
    pub(crate) fn leaked() -> &'static Self {
        Box::leak(Box::new(StandingClock {
            start: AtomicU64::new(0),
            elapsed: AtomicU64::new(0),
            timers: OnceLock::new(),
        }))
    }

    /// It shows the present time, and stands still.
    pub(crate) fn start(&self) {
        let since_origin = Instant::now().saturating_duration_since(*ORIGIN);
        self.start.store(nanos(since_origin), Ordering::Relaxed);
        self.elapsed.store(0, Ordering::Relaxed);
    }

    /// The time at which it was started.
    #[cold]
    pub(crate) fn started_at(&self) -> Instant {
        *ORIGIN + Duration::from_nanos(self.start.load(Ordering::Relaxed))
    }

    /// The time that has passed on it.
    #[cold]
    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed.load(Ordering::Acquire))
    }

    /// The time that it shows.
    #[cold]
    pub(crate) fn now(&self) -> Instant {
        self.started_at() + self.elapsed()
    }

    /// Moves it, unless it is further on.
    pub(crate) fn move_to(&self, elapsed: Duration) {
        self.elapsed.fetch_max(nanos(elapsed), Ordering::AcqRel);
    }

    /// The timers that follow it.
    pub(crate) fn timers(&self) -> Option<&'static (dyn Any + Send + Sync)> {
        self.timers.get().copied()
    }

    /// Sets the timers, once.
    pub(crate) fn set_timers(&self, timers: &'static (dyn Any + Send + Sync)) {
        assert!(self.timers.set(timers).is_ok(), "timers are set once");
    }

    /// Runs `code`, which follows this clock.
    pub(crate) fn within<R>(&'static self, code: impl FnOnce() -> R) -> R {
        struct Restore(Option<&'static StandingClock>);
        impl Drop for Restore {
            fn drop(&mut self) {
                HERE.set(self.0);
            }
        }
        let _restore = Restore(HERE.replace(Some(self)));
        code()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 2)
}

/// The clock of the test that this OS thread works for, if that has one.
#[inline]
pub(crate) fn standing() -> Option<&'static StandingClock> {
    HERE.get()
}

/// The present time.
#[inline]
pub(crate) fn now() -> Instant {
    standing().map_or_else(Instant::now, StandingClock::now)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_and_never_goes_back() {
        let clock = StandingClock::leaked();
        clock.start();
        let [hour, minute] = [3600, 60].map(Duration::from_secs);
        clock.within(|| {
            let before = now();
            assert_eq!(now(), before);
            clock.move_to(hour);
            clock.move_to(minute);
            assert_eq!(now(), before + hour);
        });
        assert!(standing().is_none());
    }
}
