//! The one cancellable wait queue: first come, first notified.
//!
//! Everything that vthreads wait for inside the process is a *place*: a state in a lock, with a
//! list of waiters. A [`Wait`] is one vthread's wait at a place; it lives in the frame of an
//! operation and allocates nothing.
//!
//! # Protocol
//! ```text
//!             3 notify: a note is left, the waker is taken
//!   Waiting -----------------------------------------------> Notified
//!    ^  ^ |                                                    | |  |
//!    |  | '-- 2 attempt succeeds, or dropped --> Absent <------' |  |
//!    |  '-------- 5 attempt fails: to the front of the list -----'  |
//!    | 1 attempt fails: to the end of the list                      | 4 attempt succeeds:
//!  Absent <---------------------------------------------------------'   or dropped: passed on
//! ```
//! Every edge is taken under the lock of the place. An operation attempts under the lock, and waits
//! only if that fails, so a change of the state is either seen by the attempt or finds the waiter
//! in the list. A note tells that an attempt is worthwhile (or that the request has been granted).
//! It is consumed by an attempt that succeeds; if the notified waiter goes away instead, `pass_on`
//! decides its next receiver. Hence *no note is lost*, whichever waiter is cancelled. A notified
//! waiter may be overtaken; then it is the next one again.
//!
//! Wakers are cloned, woken and dropped outside the lock: they may be foreign.
#![allow(unsafe_code)] // Waiters live in frames; the list reaches them by pointer.

use crate::base::list::{List, Node};
use crate::base::wake::wake;
use crate::primitive::ShortMutexGuard;
use crate::task::current;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// A place to wait: a state in a lock, with a list of waiters.
pub(crate) trait Place {
    /// The state under the lock.
    type State;

    /// The reason of the waits here.
    const DOING: WaitReason;

    /// Takes the lock.
    fn lock(&self) -> ShortMutexGuard<'_, Self::State>;

    /// The waiters here.
    fn waiters(state: &mut Self::State) -> &mut WaitList;

    /// A waiter has gone without acting on its `note`: returns the waiter to wake instead.
    fn pass_on(&self, state: &mut Self::State, note: Note) -> Option<Waker>;
}

/// The note of a notified waiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// An attempt is worthwhile.
    Attempt,
    /// The request has been granted to the waiter already.
    Granted,
}

/// The waiters at a place. It is protected by the lock of the place.
#[derive(Debug)]
pub(crate) struct WaitList {
    list: List<Slot>,
}

/// A waiter's part of the list. All of it belongs to the holder of the lock, except `is_present`.
struct Slot {
    waker: Cell<Option<Waker>>,
    /// The size of its request, for places where that matters.
    weight: usize,
    note: Cell<Option<Note>>,
    /// How often it was notified, and another was quicker.
    was_overtaken: Cell<u8>,
    /// Not `Absent`. Only the owner uses it.
    is_present: Cell<bool>,
    /// In place of padding. With that the compiler moves a new wait into the frame piece by piece,
    /// at addresses at which the processor has to wait for each piece to be written.
    _rest: [u8; 5],
}

impl WaitList {
    /// A list without waiters.
    pub(crate) const fn new() -> Self {
        WaitList { list: List::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether there are more than `n` waiters. It looks at so many.
    pub(crate) fn has_more_than(&self, n: usize) -> bool {
        self.list.has_more_than(n)
    }

    /// The size of the next waiter's request.
    pub(crate) fn next_weight(&self) -> Option<usize> {
        self.list.front().map(|slot| slot.weight)
    }

    /// Gives the next waiter `note`. The caller wakes it after it has released the lock.
    #[must_use]
    pub(crate) fn notify(&mut self, note: Note) -> Option<Waker> {
        let node = self.list.pop_front()?;
        // SAFETY: It was linked until now, and the lock, which its owner takes before it goes, is
        // held.
        let slot = unsafe { node.as_ref() }.value();
        slot.note.set(Some(note));
        slot.waker.take()
    }

    /// Tells all waiters to attempt. The caller wakes them after it has released the lock.
    pub(crate) fn notify_all(&mut self) -> impl Iterator<Item = Waker> {
        std::iter::from_fn(|| self.notify(Note::Attempt))
    }
}

/// One vthread's wait at a place, pinned in the frame of an operation.
pub(crate) struct Wait<P: Place> {
    place: P,
    node: Node<Slot>,
}

impl<P: Place> Wait<P> {
    /// A wait that has not begun.
    pub(crate) const fn new(place: P) -> Self {
        Wait::for_weight(place, 1)
    }

    /// A wait that has not begun, for a request of size `weight`.
    pub(crate) const fn for_weight(place: P, weight: usize) -> Self {
        let slot = Slot {
            waker: Cell::new(None),
            weight,
            note: Cell::new(None),
            was_overtaken: Cell::new(0),
            is_present: Cell::new(false),
            _rest: [0; 5],
        };
        Wait {
            place,
            node: Node::new(slot),
        }
    }

    /// The place of the wait.
    pub(crate) fn place(&self) -> &P {
        &self.place
    }

    /// Whether it has begun: it is in the list, or was notified.
    pub(crate) fn is_present(&self) -> bool {
        self.node.value().is_present.get()
    }

    /// How often it was notified, and another was quicker. Under the lock of the place.
    pub(crate) fn was_overtaken(&self) -> u8 {
        self.node.value().was_overtaken.get()
    }

    /// Makes `attempt` under the lock, and waits if it returns `None`.
    ///
    /// The attempt gets the note if there is one, and gets it once. It must succeed if that is
    /// `Granted`. Its result is dropped and used outside the lock.
    pub(crate) fn poll<T>(
        self: Pin<&Self>,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&P, &mut P::State, Option<Note>) -> Option<T>,
    ) -> Poll<T> {
        let slot = self.node.value();
        let mut fresh = None;
        loop {
            let mut state = self.place.lock();
            let is_present = slot.is_present.get();
            let note = slot.note.get();
            if note == Some(Note::Attempt) && fresh.is_none() && !current::is_own(cx) {
                // If the attempt fails it needs a waker, and cannot be made again: what it does
                // about the note is done.
                drop(state);
                fresh = Some(cx.waker().clone());
                continue;
            }
            if let Some(value) = attempt(&self.place, &mut state, note) {
                if is_present {
                    self.leave(P::waiters(&mut state));
                }
                let old = slot.waker.take();
                drop(state);
                drop((old, fresh));
                return Poll::Ready(value);
            }
            debug_assert!(note != Some(Note::Granted), "what was granted can be had");
            let old = slot.waker.take();
            if old.as_ref().is_some_and(|old| old.will_wake(cx.waker())) {
                slot.waker.set(old);
                drop(state);
                wait_reason::waits(P::DOING, cx);
                return Poll::Pending;
            }
            if fresh.is_none() && current::is_own(cx) {
                // No foreign code runs when one of our own is cloned.
                fresh = Some(cx.waker().clone());
            }
            let Some(fresh) = fresh.take() else {
                slot.waker.set(old);
                drop(state);
                fresh = Some(cx.waker().clone());
                continue;
            };
            slot.waker.set(Some(fresh));
            if !is_present || note.is_some() {
                self.enter(P::waiters(&mut state), note.is_some());
            }
            drop(state);
            drop(old);
            wait_reason::waits(P::DOING, cx);
            return Poll::Pending;
        }
    }

    /// Edges 1 and 5.
    fn enter(self: Pin<&Self>, waiters: &mut WaitList, was_notified: bool) {
        let slot = self.node.value();
        slot.note.set(None);
        slot.is_present.set(true);
        let node = NonNull::from(&self.get_ref().node);
        if was_notified {
            slot.was_overtaken
                .set(slot.was_overtaken.get().saturating_add(1));
            // SAFETY: A waiter that is absent, or notified, is in no list. The node is pinned with
            // the wait, and `drop` and `poll` unlink it under the lock before it goes.
            unsafe { waiters.list.push_front(node) };
        } else {
            // SAFETY: As above.
            unsafe { waiters.list.push_back(node) };
        }
    }

    /// Edges 2 and 4, up to passing on.
    fn leave(&self, waiters: &mut WaitList) -> Option<Note> {
        let slot = self.node.value();
        slot.is_present.set(false);
        slot.was_overtaken.set(0);
        let note = slot.note.take();
        if note.is_none() {
            // SAFETY: A waiter that is present and has no note is in the list of the place.
            unsafe { waiters.list.remove(NonNull::from(&self.node)) };
        }
        note
    }
}

impl<P: Place> Drop for Wait<P> {
    #[inline]
    fn drop(&mut self) {
        if self.is_present() {
            self.go_away();
        }
    }
}

impl<P: Place> Wait<P> {
    /// A waiter, notified or not, is dropped.
    #[cold]
    fn go_away(&self) {
        let mut state = self.place.lock();
        let note = self.leave(P::waiters(&mut state));
        let next = note.and_then(|note| self.place.pass_on(&mut state, note));
        drop(state);
        next.into_iter().for_each(wake);
        // The waker of this wait is dropped with the fields, outside the lock.
    }
}

impl<P: Place> fmt::Debug for Wait<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("is_present", &self.is_present())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, loom))]
#[path = "waitlist_loom.rs"]
mod model;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::primitive::ShortMutex;
    use std::pin::pin;

    /// A place where there is nothing.
    struct Nothing(ShortMutex<WaitList>);

    impl Place for &Nothing {
        const DOING: WaitReason = WaitReason::Acquiring;

        type State = WaitList;

        fn lock(&self) -> ShortMutexGuard<'_, WaitList> {
            self.0.lock()
        }
        fn waiters(state: &mut WaitList) -> &mut WaitList {
            state
        }
        fn pass_on(&self, _: &mut WaitList, _: Note) -> Option<Waker> {
            None
        }
    }

    #[test]
    fn an_attempt_has_a_note_once_whoever_wakes() {
        let place = Nothing(ShortMutex::new(WaitList::new()));
        let wait = pin!(Wait::new(&place));
        let mut notes = Vec::new();
        for _ in 0..2 {
            let mut cx = Context::from_waker(Waker::noop());
            let waits = wait.as_ref().poll(&mut cx, |_, _, note| {
                notes.extend(note);
                None::<()>
            });
            assert!(waits.is_pending());
            let woken = place.0.lock().notify(Note::Attempt);
            assert!(woken.is_some());
        }
        assert_eq!(notes, [Note::Attempt]);
    }
}
