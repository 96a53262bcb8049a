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
//! Wakers are cloned, woken and dropped outside the lock: they may be foreign. The vthread's own is
//! not cloned (`frame_waker.rs`): the notifier claims the task under the lock, at edge 3, and
//! queues it after that.
#![allow(unsafe_code)] // Waiters live in frames; the list reaches them by pointer.

use crate::base::list::{List, Node};
use crate::base::wake::wake;
use crate::primitive::MutexGuard;
use crate::task::current;
use crate::task::frame_waker::FrameWaker;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use crate::trace::spans;
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::marker::PhantomPinned;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr::{self, NonNull};
use std::task::{Context, Poll, Waker};

/// A place to wait: a state in a lock, with a list of waiters. It is a reference to that.
pub(crate) trait Place: Copy {
    /// The state under the lock.
    type State;

    /// The reason of the waits here.
    const DOING: WaitReason;

    /// The size of a request, for places where that matters.
    fn weight(&self) -> usize {
        1
    }

    /// Takes the lock.
    fn lock(&self) -> MutexGuard<'_, Self::State>;

    /// The waiters here.
    fn waiters(state: &mut Self::State) -> &mut WaitList;

    /// A waiter has gone without acting on its `note`: returns the waiter to wake instead.
    fn pass_on(&self, state: &mut Self::State, note: Note) -> Option<Waker>;
}

/// Places that are copied whatever their `T` is.
macro_rules! copied_places {
    ($($place:ident)*) => {$(
        impl<T> Clone for $place<'_, T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $place<'_, T> {}
    )*};
}
pub(super) use copied_places;

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

/// A waiter's part of the list. All of it belongs to the holder of the lock.
struct Slot {
    waker: Cell<FrameWaker>,
    /// The size of its request.
    weight: usize,
    note: Cell<Option<Note>>,
    /// How often it was notified, and another was quicker.
    was_overtaken: Cell<u8>,
}

impl Slot {
    /// Whether the waker of `cx`, which is not the vthread's own, is there already.
    fn waker_will_wake(&self, cx: &Context<'_>) -> bool {
        let waker = self.waker.replace(FrameWaker::NONE);
        let will_wake = waker.will_wake(cx);
        let _none = self.waker.replace(waker);
        will_wake
    }
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

    /// Gives the next waiter `note`. The caller wakes it after it has released the lock, before any
    /// code of the user's runs: until then nothing else runs a vthread that waited.
    #[must_use]
    pub(crate) fn notify(&mut self, note: Note) -> Option<Waker> {
        let node = self.list.pop_front()?;
        // SAFETY: It was linked until now, and the lock, which its owner takes before it goes, is
        // held.
        let slot = unsafe { node.as_ref() }.value();
        slot.note.set(Some(note));
        // SAFETY: It lies in the waiter's frame, which is there for the same reason.
        unsafe { slot.waker.replace(FrameWaker::NONE).claim() }
    }

    /// Tells all waiters to attempt. The caller wakes them as described at `notify`.
    pub(crate) fn notify_all(&mut self) -> impl Iterator<Item = Waker> {
        std::iter::from_fn(|| self.notify(Note::Attempt))
    }
}

/// One vthread's wait at a place, pinned in the frame of an operation.
///
/// Most operations do not wait: so the node is made in place by those that do, and what is not
/// present costs a word. Its drop uses no address of its own, except that of a node which is there:
/// else the compiler would keep a call that has not been polled yet in memory, and copy it.
pub(crate) struct Wait<P: Place> {
    place: P,
    /// The node in `room`, while it is present; the wait is pinned then. Else `ABSENT`: were that
    /// zero, the compiler would fill the room with zeros as well. Only the owner uses it.
    present: Cell<*const Node<Slot>>,
    room: UnsafeCell<MaybeUninit<Node<Slot>>>,
    _pinned: PhantomPinned,
}

// SAFETY: It owns a node, or nothing, and the node may be sent.
unsafe impl<P: Place + Send> Send for Wait<P> {}

/// The address of no node.
const ABSENT: *const Node<Slot> = ptr::without_provenance(1);

impl<P: Place> Wait<P> {
    /// A wait that has not begun.
    #[inline]
    pub(crate) const fn new(place: P) -> Self {
        Wait {
            place,
            present: Cell::new(ABSENT),
            room: UnsafeCell::new(MaybeUninit::uninit()),
            _pinned: PhantomPinned,
        }
    }

    /// The place of the wait.
    pub(crate) fn place(&self) -> &P {
        &self.place
    }

    /// Whether it has begun: it is in the list, or was notified.
    #[inline]
    pub(crate) fn is_present(&self) -> bool {
        !ptr::eq(self.present.get(), ABSENT)
    }

    /// The part of it that belongs to the lock, if it has begun.
    #[inline]
    fn slot(&self) -> Option<&Slot> {
        // SAFETY: It is in `room`, and is not unmade while `self` is borrowed, except by `leave`,
        // whose callers have no slot by then.
        let slot = || unsafe { &*self.present.get() }.value();
        self.is_present().then(slot)
    }

    /// How often it was notified, and another was quicker. Under the lock of the place.
    pub(crate) fn was_overtaken(&self) -> u8 {
        self.slot().map_or(0, |slot| slot.was_overtaken.get())
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
        let mut fresh = None;
        // Whether foreign code may run when its waker is cloned.
        let is_foreign = || spans::wakers_are_wanted() || !current::is_own(cx);
        loop {
            let mut state = self.place.lock();
            let note = self.slot().and_then(|slot| slot.note.get());
            if note == Some(Note::Attempt) && fresh.is_none() && is_foreign() {
                // If the attempt fails it needs a waker, and cannot be made again: what it does
                // about the note is done.
                drop(state);
                fresh = Some(cx.waker().clone());
                continue;
            }
            if let Some(value) = attempt(&self.place, &mut state, note) {
                let present = self.present.get();
                let old = if ptr::eq(present, ABSENT) {
                    FrameWaker::NONE
                } else {
                    self.present.set(ABSENT);
                    // SAFETY: It was present, and is not used again.
                    unsafe { leave(present, P::waiters(&mut state)) }.1
                };
                drop(state);
                drop((old, fresh));
                return Poll::Ready(value);
            }
            debug_assert!(note != Some(Note::Granted), "what was granted can be had");
            if let Some(own) = FrameWaker::of_own(cx) {
                let old = self.enter(own, note.is_some(), P::waiters(&mut state));
                drop(state);
                drop((old, fresh));
                wait_reason::waits(P::DOING, cx);
                return Poll::Pending;
            }
            if self.slot().is_some_and(|slot| slot.waker_will_wake(cx)) {
                drop(state);
                drop(fresh);
                wait_reason::waits(P::DOING, cx);
                return Poll::Pending;
            }
            if fresh.is_none() && !is_foreign() {
                // That of a blocking call.
                fresh = Some(cx.waker().clone());
            }
            if let Some(fresh) = fresh.take() {
                let fresh = FrameWaker::Other(fresh);
                let old = self.enter(fresh, note.is_some(), P::waiters(&mut state));
                drop(state);
                drop(old);
                wait_reason::waits(P::DOING, cx);
                return Poll::Pending;
            }
            drop(state);
            fresh = Some(cx.waker().clone());
        }
    }

    /// Edges 1 and 5; and nothing but the waker changes if it is in the list. Returns the old
    /// waker, which the caller drops outside the lock.
    fn enter(
        self: Pin<&Self>,
        waker: FrameWaker,
        was_notified: bool,
        waiters: &mut WaitList,
    ) -> FrameWaker {
        let Some(slot) = self.slot() else {
            let node = self.room.get().cast::<Node<Slot>>();
            let slot = Slot {
                waker: Cell::new(waker),
                weight: self.place.weight(),
                note: Cell::new(None),
                was_overtaken: Cell::new(0),
            };
            // SAFETY: Room for one, where there is none, in the wait, which is pinned. It is in no
            // list, and `poll` and `drop` unlink it under the lock before it goes.
            unsafe {
                node.write(Node::new(slot));
                waiters.list.push_back(NonNull::new_unchecked(node));
            }
            self.present.set(node);
            return FrameWaker::NONE;
        };
        let old = slot.waker.replace(waker);
        if was_notified {
            slot.note.set(None);
            let times = slot.was_overtaken.get();
            slot.was_overtaken.set(times.saturating_add(1));
            let node = self.present.get().cast_mut();
            // SAFETY: A waiter that is notified is in no list. The rest as above.
            unsafe { waiters.list.push_front(NonNull::new_unchecked(node)) };
        }
        old
    }
}

/// Edges 2 and 4, up to passing on. Returns the waker as well, which the caller drops outside the
/// lock.
///
/// # Safety
/// - The node is that of a wait which was present until now, at the place of `waiters`, whose lock
///   is held. It is not used again.
unsafe fn leave(node: *const Node<Slot>, waiters: &mut WaitList) -> (Option<Note>, FrameWaker) {
    // SAFETY: It is there, by the contract.
    let slot = unsafe { &*node }.value();
    let waker = slot.waker.replace(FrameWaker::NONE);
    let note = slot.note.get();
    if note.is_none() {
        // SAFETY: A waiter that is present and has no note is in the list of the place.
        unsafe { waiters.list.remove(NonNull::new_unchecked(node.cast_mut())) };
    }
    // Nothing is left in the node that would have to be dropped.
    (note, waker)
}

impl<P: Place> Drop for Wait<P> {
    #[inline]
    fn drop(&mut self) {
        let present = self.present.get();
        if !ptr::eq(present, ABSENT) {
            // SAFETY: It goes, and the node with it.
            unsafe { go_away(present, self.place) };
        }
    }
}

/// A waiter, notified or not, is dropped.
///
/// # Safety
/// - The node is that of a wait at `place`, which is present and is not used again.
#[cold]
unsafe fn go_away<P: Place>(node: *const Node<Slot>, place: P) {
    let mut state = place.lock();
    // SAFETY: By the contract.
    let (note, waker) = unsafe { leave(node, P::waiters(&mut state)) };
    let next = note.and_then(|note| place.pass_on(&mut state, note));
    drop(state);
    next.into_iter().for_each(wake);
    drop(waker);
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
    use crate::primitive::Mutex;
    use crate::task::call::Call;
    use std::future::poll_fn;
    use std::pin::pin;

    /// A place where there is nothing.
    struct Nothing(Mutex<WaitList>);

    impl Place for &Nothing {
        const DOING: WaitReason = WaitReason::Acquiring;

        type State = WaitList;

        fn lock(&self) -> MutexGuard<'_, WaitList> {
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
    fn a_blocking_call_makes_one_attempt_at_each_poll() {
        let place = Nothing(Mutex::new(WaitList::new()));
        let waits = async {
            let wait = pin!(Wait::new(&place));
            let mut n_attempts = 0;
            let mut polled = |cx: &mut Context<'_>| {
                let waits = wait.as_ref().poll(cx, |_, _, _| {
                    n_attempts += 1;
                    None::<()>
                });
                assert!(waits.is_pending());
                n_attempts
            };
            poll_fn(|cx| {
                for n in 1..=3 {
                    assert_eq!(polled(cx), n);
                    drop(place.0.lock().notify(Note::Attempt));
                }
                Poll::Ready(())
            })
            .await;
        };
        Call::leaf(waits).block();
    }

    #[test]
    fn an_attempt_has_a_note_once_whoever_wakes() {
        let place = Nothing(Mutex::new(WaitList::new()));
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
