//! The one cancellable wait queue: first come, first notified.
//!
//! Whatever vthreads wait for inside the process is a *place*: a state in a lock, with a list of those who
//! wait. A [`Wait`] is one vthread's wait at a place; it lives in the frame of an operation and allocates nothing.
//!
//! # Protocol
//! ```text
//!             3 notify: a note is left, the waker is taken
//!   Waiting -----------------------------------------------> Notified
//!    ^  ^ |                                                    | |  |
//!    |  | '-- 2 attempt succeeds, or dropped --> Absent <------' |  |
//!    |  '-------- 5 attempt fails: to the front of the list -----'  |
//!    | 1 attempt fails: to the end of the list                      | 4 attempt succeeds:
//!  Absent <---------------------------------------------------------'   or dropped: the note is passed on
//! ```
//! Every edge is walked under the lock of the place. An operation attempts under the lock, and waits only if
//! that fails, so a change of the state is either seen by the attempt or finds the waiter in the list.
//! A note says that an attempt is worthwhile (or that what was waited for has been granted). It is consumed by an
//! attempt that succeeds; if the notified one goes away instead, `pass_on` decides who gets it. Hence
//! *no note is lost*, whoever is cancelled. Who has been notified may be overtaken; then it is the next one again.
//!
//! Wakers are cloned, woken and dropped outside the lock: they may be foreign.
#![allow(unsafe_code)] // Waiters live in frames; the list reaches them by pointer.

use crate::base::list::{List, Node};
use crate::base::wake::wake;
use crate::primitive::MutexGuard;
use crate::task::current;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// Where vthreads wait: a state in a lock, with a list of waiters.
pub(crate) trait Place {
    /// What the lock is around.
    type State;

    /// What a waiter waits for.
    const DOING: WaitReason;

    /// Takes the lock.
    fn lock(&self) -> MutexGuard<'_, Self::State>;

    /// Those who wait here.
    fn waiters(state: &mut Self::State) -> &mut WaitList;

    /// The one who got `note` has gone without acting on it: whom to wake instead.
    fn pass_on(&self, state: &mut Self::State, note: Note) -> Option<Waker>;
}

/// What a waiter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// An attempt is worthwhile.
    Attempt,
    /// What was waited for is the waiter's already.
    Granted,
}

/// Those who wait at a place. It stands in the lock of the place.
#[derive(Debug)]
pub(crate) struct WaitList {
    list: List<Slot>,
}

/// A waiter's part of the list. All of it belongs to the holder of the lock.
struct Slot {
    waker: Cell<Option<Waker>>,
    note: Cell<Option<Note>>,
    /// How often it was notified, and found that another was quicker.
    was_overtaken: Cell<u8>,
    /// How much of what the place gives out it waits for, where that matters.
    weight: usize,
}

impl WaitList {
    /// Nobody waits.
    pub(crate) const fn new() -> Self {
        WaitList { list: List::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether more than `n` wait. It looks at so many.
    pub(crate) fn has_more_than(&self, n: usize) -> bool {
        self.list.has_more_than(n)
    }

    /// How often the next one to be notified has been notified before, and found that another was quicker.
    pub(crate) fn next_was_overtaken(&self) -> u8 {
        self.list.front().map_or(0, |slot| slot.was_overtaken.get())
    }

    /// How much the next one to be notified waits for.
    pub(crate) fn next_weight(&self) -> Option<usize> {
        self.list.front().map(|slot| slot.weight)
    }

    /// Tells the next waiter `note`. The caller wakes it after it has released the lock.
    #[must_use]
    pub(crate) fn notify(&mut self, note: Note) -> Option<Waker> {
        let node = self.list.pop_front()?;
        // SAFETY: It was linked until now, and the lock, which its owner takes before it goes, is held.
        let slot = unsafe { node.as_ref() }.value();
        slot.note.set(Some(note));
        slot.waker.take()
    }

    /// Tells everybody to attempt. The caller wakes them after it has released the lock.
    pub(crate) fn notify_all(&mut self) -> impl Iterator<Item = Waker> {
        std::iter::from_fn(|| self.notify(Note::Attempt))
    }
}

/// One vthread's wait at a place, pinned in the frame of an operation.
pub(crate) struct Wait<P: Place> {
    place: P,
    node: Node<Slot>,
    /// Not `Absent`. Only the owner uses it.
    is_present: Cell<bool>,
}

impl<P: Place> Wait<P> {
    /// A wait that has not begun.
    pub(crate) const fn new(place: P) -> Self {
        Wait::for_weight(place, 1)
    }

    /// A wait that has not begun, for `weight` of what the place gives out.
    pub(crate) const fn for_weight(place: P, weight: usize) -> Self {
        let slot = Slot {
            waker: Cell::new(None),
            note: Cell::new(None),
            was_overtaken: Cell::new(0),
            weight,
        };
        Wait {
            place,
            node: Node::new(slot),
            is_present: Cell::new(false),
        }
    }

    /// Where it waits.
    pub(crate) fn place(&self) -> &P {
        &self.place
    }

    /// Whether it has begun: it is in the list, or was notified.
    pub(crate) fn is_present(&self) -> bool {
        self.is_present.get()
    }

    /// Makes `attempt` under the lock, and waits if it gives nothing.
    ///
    /// It is given the note if there is one, and must succeed if that is `Granted`. What it gives
    /// is dropped and used outside the lock.
    pub(crate) fn poll<T>(
        self: Pin<&Self>,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&P, &mut P::State, Option<Note>) -> Option<T>,
    ) -> Poll<T> {
        let slot = self.node.value();
        let mut fresh = None;
        loop {
            let mut state = self.place.lock();
            let is_present = self.is_present.get();
            let note = slot.note.get();
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
                // No foreign code runs where one of our own is cloned.
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
        self.is_present.set(true);
        let node = NonNull::from(&self.get_ref().node);
        if was_notified {
            slot.was_overtaken
                .set(slot.was_overtaken.get().saturating_add(1));
            // SAFETY: A waiter that is absent, or notified, is in no list. The node is pinned with the wait,
            // and `drop` and `poll` unlink it under the lock before it goes.
            unsafe { waiters.list.push_front(node) };
        } else {
            // SAFETY: As above.
            unsafe { waiters.list.push_back(node) };
        }
    }

    /// Edges 2 and 4, up to passing on.
    fn leave(&self, waiters: &mut WaitList) -> Option<Note> {
        self.is_present.set(false);
        let slot = self.node.value();
        slot.was_overtaken.set(0);
        let note = slot.note.take();
        if note.is_none() {
            // SAFETY: Who is present and has no note is in the list of the place.
            unsafe { waiters.list.remove(NonNull::from(&self.node)) };
        }
        note
    }
}

impl<P: Place> Drop for Wait<P> {
    #[inline]
    fn drop(&mut self) {
        if self.is_present.get() {
            self.go_away();
        }
    }
}

impl<P: Place> Wait<P> {
    /// Whoever waits, or has been notified, is dropped.
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
            .field("is_present", &self.is_present)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, loom))]
#[path = "waitlist_loom.rs"]
mod model;
