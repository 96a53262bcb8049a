//! Escape analysis of lock guards: whether the guard of a lock is certainly still with the vthread
//! that took it.
//!
//! A guard is an ordinary value. Its owner drops it, and that need not be the vthread that took the
//! lock. So a lock remembers a *stamp*: the vthread that took it, and how many values that vthread
//! had given away by then. There are two ways to give a value away. A child that is spawned into a
//! group of the spawner's own frame may have captured it; such a child is *traced*: it remembers
//! the count at its birth, and the group knows it as long as it lives. In all other cases (a
//! message, a task's result, a child of another vthread's group, work for a helper thread) the
//! value *leaks*: a guard taken before that may be anywhere.
//!
//! Only a vthread that has taken a lock, or descends from one that had, is *followed*; the others
//! pay one load.
//!
//! Everything but the reads belongs to the thread that polls the vthread. A reader on another
//! thread has first taken a lock that this thread has released since: that of the list of scopes,
//! or of a group.

use crate::base::unique;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of bits of a stamp that count.
const COUNT_BITS: u32 = 24;
pub(super) const MAX_COUNT: u64 = (1 << COUNT_BITS) - 1;
/// The first number that does not fit into a stamp.
const END_OF_NUMBERS: u64 = 1 << (64 - COUNT_BITS);

/// A vthread, and how many values it had given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stamp(pub(crate) u64);

impl Stamp {
    /// No vthread, or one that is not followed.
    pub(crate) const NONE: Stamp = Stamp(0);

    /// As if `who` had given away `count` values.
    #[cfg(test)]
    pub(crate) fn for_test(who: u64, count: u64) -> Self {
        Stamp(who << COUNT_BITS | count)
    }

    /// The number of the vthread.
    pub(crate) fn who(self) -> u64 {
        self.0 >> COUNT_BITS
    }

    /// How many values it had given away.
    pub(crate) fn count(self) -> u32 {
        (self.0 & MAX_COUNT) as u32
    }
}

/// The current stamp of a vthread, once it is followed.
#[derive(Debug)]
pub(crate) struct GuardEscape(AtomicU64);

impl GuardEscape {
    pub(crate) fn new() -> Self {
        GuardEscape(AtomicU64::new(0))
    }

    /// Returns the stamp for a lock that is taken now. The vthread is followed from here on.
    #[inline]
    pub(crate) fn stamp(&self) -> Stamp {
        match self.now() {
            Stamp::NONE => self.follow(),
            stamp => stamp,
        }
    }

    /// Returns the current stamp, without a change.
    #[inline]
    pub(crate) fn now(&self) -> Stamp {
        Stamp(self.0.load(Ordering::Relaxed))
    }

    #[inline]
    pub(crate) fn is_followed(&self) -> bool {
        self.now() != Stamp::NONE
    }

    /// Starts to follow it, if it is not followed yet.
    #[cold]
    pub(crate) fn follow(&self) -> Stamp {
        if !self.is_followed() {
            let number = unique::next();
            if number < END_OF_NUMBERS {
                self.0.store(number << COUNT_BITS, Ordering::Relaxed);
            }
        }
        self.now()
    }

    pub(super) fn set(&self, stamp: Stamp) {
        self.0.store(stamp.0, Ordering::Relaxed);
    }
}
