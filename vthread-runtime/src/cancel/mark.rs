//! The mark of a scope: set once, with the reason, and read from any thread.
//!
//! One word: null while there is no mark, a small number for a reason without data, the address of
//! a counted `FailedMember` otherwise. So an unmarked scope costs one word and owns nothing, and
//! marking a hundred thousand vthreads with one failed member allocates once.

#![allow(unsafe_code)] // The word owns a reference to the member.

use super::reason::{CancelReason, FailedMember, raw};
use crate::primitive::{AtomicPtr, Ordering};
use std::fmt;
use std::ptr;

/// Set once; the first one wins.
pub(crate) struct Mark(AtomicPtr<()>);

/// The reasons without data. The word is the index in this list, counted from one; no
/// `FailedMember` has such an address.
const KINDS: [CancelReason; 7] = [
    CancelReason::GroupCancelled,
    CancelReason::TaskCancelled,
    CancelReason::TimedOut,
    CancelReason::NotSelected,
    CancelReason::GroupEnded,
    CancelReason::Shutdown,
    CancelReason::Deadlock,
];

fn into_word(reason: CancelReason) -> *mut () {
    match reason {
        CancelReason::SiblingFailed(member) => FailedMember::into_raw(member).cast_mut(),
        kind => {
            let place = KINDS.iter().position(|it| *it == kind);
            let place = place.expect("every other reason is in the list");
            ptr::without_provenance_mut(place + 1)
        }
    }
}

fn kind_of(word: *mut ()) -> Option<&'static CancelReason> {
    KINDS.get(word.addr().checked_sub(1)?)
}

/// Gives up the word's reference.
///
/// # Safety
/// - `word` came from `into_word`, and is used no more.
unsafe fn release(word: *mut ()) {
    if !word.is_null() && kind_of(word).is_none() {
        // SAFETY: not null and no kind, so a `FailedMember`; the rest is the caller's promise.
        drop(unsafe { raw::from_raw(word) });
    }
}

impl Mark {
    pub(crate) fn new() -> Self {
        Mark(AtomicPtr::new(ptr::null_mut()))
    }

    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        !self.0.load(Ordering::Acquire).is_null()
    }

    /// Sets the mark, unless there is one. Returns whether this is the first.
    pub(crate) fn set(&self, reason: &CancelReason) -> bool {
        if self.is_set() {
            return false;
        }
        let word = into_word(reason.clone());
        let null = ptr::null_mut();
        let is_first = self
            .0
            .compare_exchange(null, word, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if !is_first {
            // SAFETY: ours, and no other thread has seen it.
            unsafe { release(word) };
        }
        is_first
    }

    /// The reason, if the mark is set.
    pub(crate) fn reason(&self) -> Option<CancelReason> {
        let word = self.0.load(Ordering::Acquire);
        if word.is_null() {
            return None;
        }
        Some(match kind_of(word) {
            Some(kind) => kind.clone(),
            // SAFETY: a `FailedMember`; `&self` keeps the word's reference, since only the drop
            // gives it up.
            None => CancelReason::SiblingFailed(unsafe { raw::clone_raw(word) }),
        })
    }
}

impl Drop for Mark {
    #[inline]
    fn drop(&mut self) {
        let word = self.0.load(Ordering::Relaxed);
        if !word.is_null() {
            // SAFETY: the word's own reference, which is given up with it.
            unsafe { release(word) };
        }
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason().fmt(f)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::panic::Location;

    #[test]
    fn the_first_one_wins() {
        for kind in &KINDS {
            let mark = Mark::new();
            assert!(!mark.is_set());
            assert_eq!(mark.reason(), None);
            assert!(mark.set(kind));
            assert!(!mark.set(&CancelReason::Shutdown));
            assert!(mark.is_set());
            assert_eq!(mark.reason().as_ref(), Some(kind));
        }
    }

    #[test]
    fn a_member_is_shared_and_given_up() {
        let name = "worker".to_owned().into();
        let member = FailedMember::child(Some(&name), Location::caller(), true);
        let reason = CancelReason::SiblingFailed(member);
        let marks = [Mark::new(), Mark::new()];
        for mark in &marks {
            mark.set(&reason);
            mark.set(&reason);
            assert_eq!(mark.reason(), Some(reason.clone()));
        }
        let [first, second] = marks;
        drop(first);
        assert_eq!(second.reason(), Some(reason));
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{Arc, thread};
    use std::panic::Location;

    /// Two threads cancel at once while a third looks: all agree on the first reason.
    #[test]
    fn loom_mark_the_first_reason_wins() {
        loom::model(|| {
            let mark = Arc::new(Mark::new());
            let site = Location::caller();
            let setters: Vec<_> = [true, false]
                .into_iter()
                .map(|has_panicked| {
                    let mark = mark.clone();
                    thread::spawn(move || {
                        let member = FailedMember::child(None, site, has_panicked);
                        mark.set(&CancelReason::SiblingFailed(member));
                        mark.reason().unwrap()
                    })
                })
                .collect();
            let seen = mark.reason();
            let reasons: Vec<_> = setters
                .into_iter()
                .map(|setter| setter.join().unwrap())
                .collect();
            assert_eq!(reasons[0], reasons[1]);
            assert!(seen.is_none_or(|seen| seen == reasons[0]));
        });
    }
}
