//! The time of an alarm, its state, and whose it is, in one word: every sleeper has one.

use super::wheel::LAST_TICK;
use crate::primitive::{AtomicU64, Ordering};

/// The alarm is linked, or has been.
const SET: u64 = LAST_TICK + 1;
/// Set as the last access of the thread that rings it.
const RUNG: u64 = SET << 1;
/// One of the number of the timers that it is for.
const ONE: u64 = RUNG << 1;
/// How many timers can have a number.
pub(super) const NUMBERS: u64 = u64::MAX / ONE + 1;

/// Only the owner writes it, but for `ring`.
#[derive(Debug)]
pub(crate) struct When(AtomicU64);

impl When {
    /// Not set, and to be set for `tick` with the timers of that number.
    #[inline]
    pub(crate) fn new(tick: u64, number: u64) -> Self {
        debug_assert!(tick <= LAST_TICK && number < NUMBERS);
        When(AtomicU64::new((number * ONE) | tick))
    }

    /// Its tick: while it is linked the one by which it is.
    #[inline]
    pub(crate) fn tick(&self) -> u64 {
        self.0.load(Ordering::Relaxed) & LAST_TICK
    }

    #[inline]
    pub(super) fn see(&self) -> Seen {
        Seen(self.0.load(Ordering::Acquire))
    }

    /// The number of its timers.
    #[inline]
    pub(super) fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed) / ONE
    }

    /// It is being linked, for `tick`. Under the lock.
    #[inline]
    pub(super) fn set(&self, tick: u64) {
        let others = self.0.load(Ordering::Relaxed) & !LAST_TICK;
        self.0.store(others | SET | tick, Ordering::Relaxed);
    }

    /// It has been taken out because it is due. An owner that sees that owns the entry exclusively
    /// again.
    #[inline]
    pub(super) fn ring(&self) {
        // No other writes while it is linked.
        let others = self.0.load(Ordering::Relaxed);
        self.0.store(others | RUNG, Ordering::Release);
    }
}

/// The word as it was at some moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen(u64);

impl Seen {
    #[inline]
    pub(crate) fn is_set(self) -> bool {
        self.0 & SET != 0
    }

    /// It has rung: its owner owns the entry exclusively again.
    #[inline]
    pub(crate) fn has_rung(self) -> bool {
        self.0 & RUNG != 0
    }

    /// Whether the time was over already when it was made.
    #[inline]
    pub(crate) fn was_due(self) -> bool {
        self.0 & LAST_TICK == 0
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_parts_do_not_mix() {
        for (tick, number) in [(0, 0), (LAST_TICK, NUMBERS - 1), (77, 3)] {
            let when = When::new(tick, number);
            assert_eq!(when.see().was_due(), tick == 0);
            assert!(!when.see().is_set() && !when.see().has_rung());
            when.set(LAST_TICK - tick);
            assert!(when.see().is_set() && !when.see().has_rung());
            when.ring();
            assert!(when.see().is_set() && when.see().has_rung());
            assert_eq!((when.tick(), when.number()), (LAST_TICK - tick, number));
        }
    }
}
