//! The lock of a `Mutex`, without the value.
//!
//! One word with three bits; the list of waiters beside it has a lock of its own.
//!
//! | `LOCKED` | `WAITED` | `NOTIFIED` | means |
//! |---|---|---|---|
//! | no | no | no | free |
//! | yes | no | no | held; the release concerns no one else |
//! | yes | yes | no | held; the release notifies a waiter |
//! | yes | any | yes | held; a waiter is on its way already, so the release notifies none |
//! | no | any | yes | free; a notified waiter is on its way |
//! | no | yes | no | never between two uses of the list's lock: no waiter would be woken |
//!
//! # Protocol
//! `LOCKED` is set by the vthread that takes the lock, and cleared by the one that holds it.
//! `WAITED` and `NOTIFIED` change under the lock of the list only. `WAITED` is set by a vthread
//! that is about to wait, and cleared when the list is found empty. `NOTIFIED` is set when a waiter
//! is told to attempt, and cleared when that waiter acts on it: it takes the lock, or finds it held
//! and waits again, or goes away.
//!
//! So at most one waiter is on its way at a time, and meanwhile releases cost what they cost
//! without waiters. Newcomers may take the lock before it (they run already, and a switch to the
//! waiter takes longer than most critical sections). A waiter that was overtaken `PATIENCE` times
//! is *granted* the lock by the next release: `LOCKED` stays set, and the lock is the waiter's
//! before it runs.
//!
//! *No waiter is forgotten.* A release that leaves the list alone has seen `NOTIFIED`, or no
//! `WAITED`, in the word that its own exchange changed. With `NOTIFIED`, the notified waiter acts
//! later: it finds the lock free and takes it, or finds it held by a newcomer, clears `NOTIFIED`
//! while `LOCKED` is set, and that holder's release sees `WAITED` alone. Without `WAITED`, a
//! vthread that waits sets it by an exchange that has seen `LOCKED`, so the holder's exchange comes
//! after it.
//!
//! The scheme is that of Go's `sync.Mutex` (normal and starvation mode), with a count where Go has
//! a clock.

use super::waitlist::{Note, Place, Wait, WaitList};
use crate::base::wake::wake;
use crate::primitive::{AtomicUsize, Mutex, MutexGuard, Ordering, const_unless_modelled, shrunk};
use crate::task::wait_for::LockOwner;
use crate::task::wait_reason::WaitReason;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

const LOCKED: usize = 1;
const WAITED: usize = 1 << 1;
const NOTIFIED: usize = 1 << 2;

/// How often a waiter is overtaken before it is granted the lock.
pub(super) const PATIENCE: u8 = shrunk(4, 1);

/// The lock.
#[derive(Debug)]
pub(super) struct RawLock {
    word: AtomicUsize,
    waiters: Mutex<WaitList>,
    /// For the report of deadlocks.
    taken: LockOwner,
}

impl RawLock {
    const_unless_modelled! {
        /// A lock that is free.
        pub(super) const fn new() -> Self {
            RawLock {
                word: AtomicUsize::new(0),
                waiters: Mutex::new(WaitList::new()),
                taken: LockOwner::unowned(),
            }
        }
    }

    /// The owner of the lock. The taker sets it, if it is a known vthread; releasing clears it.
    #[inline]
    pub(super) fn taken(&self) -> &LockOwner {
        &self.taken
    }

    /// Takes the lock if it is free.
    #[inline]
    pub(super) fn try_acquire(&self) -> bool {
        match self
            .word
            .compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed)
        {
            Ok(_) => true,
            Err(now) => self.try_acquire_among_waiters(now),
        }
    }

    /// As `try_acquire`. The word was `word`: it is held, or there are waiters.
    #[inline(never)]
    fn try_acquire_among_waiters(&self, mut word: usize) -> bool {
        while word & LOCKED == 0 {
            match self.word.compare_exchange_weak(
                word,
                word | LOCKED,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Takes the lock, or waits for it.
    #[inline]
    pub(super) fn poll_acquire(wait: Pin<&Wait<&Self>>, cx: &mut Context<'_>) -> Poll<()> {
        if !wait.is_present() && wait.place().try_acquire() {
            return Poll::Ready(());
        }
        wait.poll(cx, |lock, _, note| match note {
            Some(Note::Granted) => Some(()),
            note => lock.acquire_or_be_waited(note.is_some()).then_some(()),
        })
    }

    /// Takes the lock if it is free, or has its release look at the list. Under the lock of the
    /// list. A waiter that was notified is not on its way any more, in either case.
    fn acquire_or_be_waited(&self, was_notified: bool) -> bool {
        let arrives = if was_notified { NOTIFIED } else { 0 };
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let is_free = word & LOCKED == 0;
            let wanted = if is_free {
                word | LOCKED
            } else {
                word | WAITED
            };
            match self.word.compare_exchange_weak(
                word,
                wanted & !arrives,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => return is_free,
                Err(now) => word = now,
            }
        }
    }

    /// Releases the lock, which the caller holds.
    #[inline]
    pub(super) fn release(&self) {
        self.taken.clear();
        let released = self
            .word
            .compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed);
        if let Err(now) = released {
            self.release_among_waiters(now);
        }
    }

    /// Releases the lock, whose word was `word`: there were waiters.
    #[cold]
    fn release_among_waiters(&self, mut word: usize) {
        while word & (WAITED | NOTIFIED) != WAITED {
            match self.word.compare_exchange_weak(
                word,
                word & !LOCKED,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
        self.release_waited();
    }

    /// There are waiters, and none is on its way.
    #[cold]
    fn release_waited(&self) {
        let mut waiters = self.waiters.lock();
        let next = self.release_to(&mut waiters);
        drop(waiters);
        next.into_iter().for_each(wake);
    }

    /// Releases the lock, which the caller holds: directly to the next waiter if that was overtaken
    /// often enough.
    fn release_to(&self, waiters: &mut WaitList) -> Option<Waker> {
        let is_granted = waiters.next_was_overtaken() >= PATIENCE;
        let next = waiters.notify(if is_granted {
            Note::Granted
        } else {
            Note::Attempt
        });
        let on_its_way = match &next {
            Some(_) if is_granted => LOCKED,
            Some(_) => NOTIFIED,
            None => 0,
        };
        let waited = if waiters.is_empty() { 0 } else { WAITED };
        // No other thread changes the word: the lock is held, and so is the lock of the list. Where
        // the lock is granted, its new holder sees what was done under it by the lock of the list.
        self.word.store(on_its_way | waited, Ordering::Release);
        next
    }

    /// A notified waiter has gone away. If the lock is held, its release handles the others; if it
    /// is free, another waiter is notified. Under the lock of the list.
    fn notify_instead(&self, waiters: &mut WaitList) -> Option<Waker> {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let is_free = word & LOCKED == 0;
            let has_next = is_free && !waiters.is_empty();
            let wanted = if has_next { word } else { word & !NOTIFIED };
            match self.word.compare_exchange_weak(
                word,
                wanted,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) if has_next => return waiters.notify(Note::Attempt),
                Ok(_) => return None,
                Err(now) => word = now,
            }
        }
    }
}

impl Place for &RawLock {
    const DOING: WaitReason = WaitReason::Locking;

    type State = WaitList;

    fn lock(&self) -> MutexGuard<'_, WaitList> {
        self.waiters.lock()
    }

    fn waiters(state: &mut WaitList) -> &mut WaitList {
        state
    }

    fn pass_on(&self, waiters: &mut WaitList, note: Note) -> Option<Waker> {
        match note {
            Note::Granted => self.release_to(waiters),
            Note::Attempt => self.notify_instead(waiters),
        }
    }
}

#[cfg(all(test, loom))]
#[path = "raw_lock_loom.rs"]
mod model;
