//! The lock of a `Mutex`, without the value.
//!
//! One word with four bits; the list of waiters beside it has a lock of its own.
//!
//! | `LOCKED` | `WAITED` | `NOTIFIED` | `OVERDUE` | means |
//! |---|---|---|---|---|
//! | no | no | no | no | free |
//! | yes | no | no | no | held; the release concerns no one else |
//! | yes | yes | no | no | held; the release notifies a waiter |
//! | yes | yes | no | yes | held; the release grants the lock to a waiter |
//! | yes | any | yes | no | held; a waiter is on its way already, so the release notifies none |
//! | no | any | yes | no | free; a notified waiter is on its way |
//! | no | yes | no | no | free; the vthread that has released it is about to notify a waiter |
//! | no | yes | no | yes | the vthread that has released it is about to grant it: others wait |
//!
//! # Protocol
//! `LOCKED` is set by the vthread that takes the lock, and cleared by the one that holds it: a
//! subtraction, whatever the other bits are, and the one atomic change of most releases. The other
//! bits change under the lock of the list only. `WAITED` is set by a vthread that is about to
//! wait, and cleared when the list is found empty. `NOTIFIED` is set when a waiter is told to
//! attempt, and cleared when that waiter acts on it: it takes the lock, or finds it held and waits
//! again, or goes away.
//!
//! So at most one waiter is on its way at a time, and meanwhile releases cost what they cost
//! without waiters. Newcomers may take the lock before it (they run already, and a switch to the
//! waiter takes longer than most critical sections). A waiter that was overtaken `PATIENCE` times
//! sets `OVERDUE`: no newcomer takes the lock, and the next release *grants* it. `LOCKED` is set
//! for the waiter, which has the lock before it runs.
//!
//! *No waiter is forgotten.* A waiter is in danger if the lock is free, `WAITED`, and not
//! `NOTIFIED`. Each change that leads there is a release, whose vthread looks at the word again
//! afterwards (and under the lock of the list, before it acts). If it finds another state by then,
//! that is because a waiter was notified or granted the lock meanwhile, or the list was found
//! empty, or a newcomer has taken the lock: and then the release of that one looks. A release that
//! has seen `NOTIFIED` in the word that it changed leaves the rest to the notified waiter. That one
//! finds the lock free and takes it, or finds it held by a newcomer and clears `NOTIFIED` while
//! `LOCKED` is set: that holder's release looks.
//!
//! *A release uses the lock after it is free.* It may: the memory of the lock is freed after the
//! end of all borrows, and the guard that releases it has one.
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
const OVERDUE: usize = 1 << 3;

/// How often a waiter is overtaken before it is granted the lock.
pub(super) const PATIENCE: u8 = shrunk(4, 1);

/// Whether a newcomer may take the lock.
#[inline]
fn is_free(word: usize) -> bool {
    word & (LOCKED | OVERDUE) == 0
}

/// Whether the lock is free, and the next waiter does not know it.
fn needs_notice(word: usize) -> bool {
    word & (LOCKED | WAITED | NOTIFIED) == WAITED
}

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
        while is_free(word) {
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
            note => {
                let is_overdue = || wait.was_overtaken() >= PATIENCE - 1;
                let (arrives, overdue) = match note {
                    Some(_) if is_overdue() => (NOTIFIED, OVERDUE),
                    Some(_) => (NOTIFIED, 0),
                    None => (0, 0),
                };
                lock.acquire_or_be_waited(arrives, overdue).then_some(())
            }
        })
    }

    /// Takes the lock if it is free, or has its release look at the list. Under the lock of the
    /// list. `arrives` is cleared in either case: a waiter that was notified is not on its way any
    /// more. `overdue` is set if it is not free.
    fn acquire_or_be_waited(&self, arrives: usize, overdue: usize) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let is_free = is_free(word);
            let wanted = if is_free {
                word | LOCKED
            } else {
                word | WAITED | overdue
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
        // A subtraction whose result is only compared with zero takes less time than an exchange.
        if self.word.fetch_sub(LOCKED, Ordering::Release) != LOCKED {
            self.released_among_waiters();
        }
    }

    /// The lock was released, and there were waiters.
    #[cold]
    fn released_among_waiters(&self) {
        if !needs_notice(self.word.load(Ordering::Relaxed)) {
            return;
        }
        let mut waiters = self.waiters.lock();
        let next = self.notify_next(&mut waiters);
        drop(waiters);
        next.into_iter().for_each(wake);
    }

    /// Notifies the next waiter, if the lock is free and none is on its way; or grants it the lock,
    /// if it is overdue. Under the lock of the list.
    fn notify_next(&self, waiters: &mut WaitList) -> Option<Waker> {
        // Acquire: the waiter that is granted the lock sees what was done under it by the lock of
        // the list, also if another vthread than this one has released it last.
        let mut word = self.word.load(Ordering::Acquire);
        while needs_notice(word) {
            let (note, mark) = match word & OVERDUE {
                0 => (Note::Attempt, NOTIFIED),
                _ => (Note::Granted, LOCKED),
            };
            let wanted = match waiters.is_empty() {
                true => 0,
                false if waiters.has_more_than(1) => mark | WAITED,
                false => mark,
            };
            match self
                .word
                .compare_exchange_weak(word, wanted, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return waiters.notify(note),
                Err(now) => word = now,
            }
        }
        None
    }

    /// A notified waiter has gone away. If the lock is held, its release handles the others; if it
    /// is free, another waiter is notified. Under the lock of the list.
    fn notify_instead(&self, waiters: &mut WaitList) -> Option<Waker> {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let has_next = is_free(word) && !waiters.is_empty();
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
            Note::Granted => {
                self.word.fetch_sub(LOCKED, Ordering::Release);
                self.notify_next(waiters)
            }
            Note::Attempt => self.notify_instead(waiters),
        }
    }
}

#[cfg(all(test, loom))]
#[path = "raw_lock_loom.rs"]
mod model;
