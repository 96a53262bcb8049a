//! What a vthread gives away, for the escape analysis of its lock guards (`guard_escape.rs`).

use super::guard_escape::{MAX_COUNT, Stamp};
use super::vthread::Vthread;

impl Vthread {
    /// It is followed, and gives a value away: returns the count after that.
    fn give_away(&self) -> u32 {
        if u64::from(self.escape.now().count()) == MAX_COUNT {
            // It goes on under a new number; locks taken under the old one have no known owner.
            self.escape.set(Stamp::NONE);
            self.rare.set_leaked(0);
            self.escape.follow();
        }
        let Stamp(stamp) = self.escape.now();
        if Stamp(stamp) != Stamp::NONE {
            self.escape.set(Stamp(stamp + 1));
        }
        self.escape.now().count()
    }

    /// It spawns `child` into a group of its own frame. Returns its count right after that birth,
    /// if it is followed.
    #[inline]
    pub(crate) fn spawned_traced(&self, child: &Vthread) -> Option<u32> {
        self.escape.is_followed().then(|| {
            child.escape.follow();
            self.give_away()
        })
    }

    /// It gives a value away that cannot be traced.
    #[inline]
    pub(crate) fn leak(&self) {
        if self.escape.is_followed() {
            let count = self.give_away();
            self.rare.set_leaked(count);
        }
    }

    /// A child that was born at `count` has given a value away that cannot be traced.
    pub(crate) fn leaked_by_a_child(&self, count: u32) {
        let latest = self.leaked().max(count);
        self.rare.set_leaked(latest);
    }

    /// The count at its last leak.
    pub(crate) fn leaked(&self) -> u32 {
        self.rare.leaked()
    }

    /// Prepares the same memory for another vthread.
    pub(super) fn reset_escape(&self) {
        self.escape.set(Stamp::NONE);
        if self.leaked() > 0 {
            self.rare.set_leaked(0);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_followed_who_never_took_a_lock() {
        let (parent, child) = (Vthread::new(), Vthread::new());
        let born = parent.spawned_traced(&child);
        parent.leak();
        assert!(!parent.escape.is_followed() && !child.escape.is_followed());
        assert_eq!((parent.leaked(), born), (0, None));
    }

    #[test]
    fn what_was_taken_before_a_leak_is_uncertain_and_after_it_certain() {
        let parent = Vthread::new();
        let before = parent.escape.stamp();
        parent.leak();
        let after = parent.escape.stamp();
        assert_eq!(before.who(), after.who());
        assert!(parent.leaked() > before.count());
        assert!(parent.leaked() <= after.count());
        parent.reset_escape();
        assert!(!parent.escape.is_followed() && parent.leaked() == 0);
    }

    #[test]
    fn children_know_whether_they_were_born_after_a_taking() {
        let (parent, elder, younger) = (Vthread::new(), Vthread::new(), Vthread::new());
        parent.escape.follow();
        let elder_born = parent.spawned_traced(&elder).unwrap();
        let taken = parent.escape.stamp();
        let younger_born = parent.spawned_traced(&younger).unwrap();
        assert!(elder_born <= taken.count());
        assert!(younger_born > taken.count());
        assert!(younger.escape.is_followed());
        assert_eq!(parent.leaked(), 0);
    }

    #[test]
    fn a_count_that_is_full_begins_anew_under_another_number() {
        let parent = Vthread::new();
        let first = parent.escape.stamp();
        parent.escape.set(Stamp(first.0 | MAX_COUNT));
        parent.leak();
        assert_ne!(parent.escape.now().who(), first.who());
        assert!(parent.leaked() > 0);
    }
}
