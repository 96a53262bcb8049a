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
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The number of bits of a stamp that count.
const COUNT_BITS: u32 = 24;
const MAX_COUNT: u64 = (1 << COUNT_BITS) - 1;
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

/// The state of a vthread in the escape analysis.
#[derive(Debug)]
pub(crate) struct GuardEscape {
    /// Its current stamp, once it is followed.
    stamp: AtomicU64,
    /// The count at its last leak.
    leaked: AtomicU32,
    /// Of a traced child: the count of its spawner right after its birth.
    born: AtomicU32,
}

impl GuardEscape {
    pub(crate) fn new() -> Self {
        GuardEscape {
            stamp: AtomicU64::new(0),
            leaked: AtomicU32::new(0),
            born: AtomicU32::new(0),
        }
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
        Stamp(self.stamp.load(Ordering::Relaxed))
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
                self.stamp.store(number << COUNT_BITS, Ordering::Relaxed);
            }
        }
        self.now()
    }

    /// A followed vthread gives a value away: returns the count after that.
    fn give_away(&self) -> u32 {
        if u64::from(self.now().count()) == MAX_COUNT {
            // It goes on under a new number; locks taken under the old one have no known owner.
            self.stamp.store(0, Ordering::Relaxed);
            self.leaked.store(0, Ordering::Relaxed);
            self.follow();
        }
        let stamp = self.now();
        if stamp != Stamp::NONE {
            self.stamp.store(stamp.0 + 1, Ordering::Relaxed);
        }
        self.now().count()
    }

    /// It spawns `child` into a group of its own frame.
    pub(crate) fn spawned_traced(&self, child: &GuardEscape) {
        if self.is_followed() {
            child.follow();
            child.born.store(self.give_away(), Ordering::Relaxed);
        }
    }

    /// It gives a value away that cannot be traced.
    #[inline]
    pub(crate) fn leak(&self) {
        if self.is_followed() {
            let count = self.give_away();
            self.leaked.store(count, Ordering::Relaxed);
        }
    }

    /// A child that was born at `count` has given a value away that cannot be traced.
    pub(crate) fn leaked_by_a_child(&self, count: u32) {
        let latest = self.leaked().max(count);
        self.leaked.store(latest, Ordering::Relaxed);
    }

    /// The count at its last leak.
    pub(crate) fn leaked(&self) -> u32 {
        self.leaked.load(Ordering::Relaxed)
    }

    /// Of a traced child: the count of its spawner after its birth.
    pub(crate) fn born(&self) -> u32 {
        self.born.load(Ordering::Relaxed)
    }

    /// Prepares the same memory for another vthread.
    pub(crate) fn reset(&self) {
        self.stamp.store(0, Ordering::Relaxed);
        self.leaked.store(0, Ordering::Relaxed);
        self.born.store(0, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_followed_who_never_took_a_lock() {
        let (parent, child) = (GuardEscape::new(), GuardEscape::new());
        parent.spawned_traced(&child);
        parent.leak();
        assert!(!parent.is_followed() && !child.is_followed());
        assert_eq!((parent.leaked(), child.born()), (0, 0));
    }

    #[test]
    fn what_was_taken_before_a_leak_is_uncertain_and_after_it_certain() {
        let parent = GuardEscape::new();
        let before = parent.stamp();
        parent.leak();
        let after = parent.stamp();
        assert_eq!(before.who(), after.who());
        assert!(parent.leaked() > before.count());
        assert!(parent.leaked() <= after.count());
    }

    #[test]
    fn children_know_whether_they_were_born_after_a_taking() {
        let (parent, elder, younger) = (GuardEscape::new(), GuardEscape::new(), GuardEscape::new());
        parent.follow();
        parent.spawned_traced(&elder);
        let taken = parent.stamp();
        parent.spawned_traced(&younger);
        assert!(elder.born() <= taken.count());
        assert!(younger.born() > taken.count());
        assert!(younger.is_followed());
        assert_eq!(parent.leaked(), 0);
    }

    #[test]
    fn a_count_that_is_full_begins_anew_under_another_number() {
        let parent = GuardEscape::new();
        let first = parent.stamp();
        parent.stamp.store(first.0 | MAX_COUNT, Ordering::Relaxed);
        parent.leak();
        assert_ne!(parent.now().who(), first.who());
        assert!(parent.leaked() > 0);
    }
}
