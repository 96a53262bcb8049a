//! The lock of a `Mutex`, without the value.
//!
//! One word with two bits; the list of waiters beside it has a lock of its own.
//!
//! | `LOCKED` | `WAITED` | means |
//! |---|---|---|
//! | no | no | free; a waiter may have been notified and be on its way |
//! | yes | no | held; releasing it concerns nobody |
//! | yes | yes | held; whoever releases it looks at the list |
//! | no | yes | free; as the first, and there are more waiters in the list |
//!
//! `LOCKED` is set by whoever takes the lock, and cleared by whoever holds it. `WAITED` is set under the lock
//! of the list by one who is about to wait, and cleared under it, when the list is empty, by the holder.

use super::waitlist::{Note, Place, Wait, WaitList};
use crate::driver::wake::wake;
use crate::primitive::{AtomicUsize, Mutex, MutexGuard, Ordering, const_unless_modelled};
use crate::task::doing::Doing;
use crate::task::waiting::Taken;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

const LOCKED: usize = 1;
const WAITED: usize = 1 << 1;

/// The lock.
#[derive(Debug)]
pub(super) struct RawLock {
    word: AtomicUsize,
    waiters: Mutex<WaitList>,
    /// For the report of deadlocks.
    taken: Taken,
}

impl RawLock {
    const_unless_modelled! {
        /// A lock that is free.
        pub(super) const fn new() -> Self {
            RawLock {
                word: AtomicUsize::new(0),
                waiters: Mutex::new(WaitList::new()),
                taken: Taken::by_nobody(),
            }
        }
    }

    /// Who has the lock. Who takes it sets that, if it can say who it is; releasing clears it.
    #[inline]
    pub(super) fn taken(&self) -> &Taken {
        &self.taken
    }

    /// Takes the lock if it is free.
    #[inline]
    pub(super) fn try_acquire(&self) -> bool {
        let mut word = 0;
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
            _ => lock.acquire_or_be_waited().then_some(()),
        })
    }

    /// Takes the lock if it is free, or has its holder look at the list. Under the lock of the list.
    fn acquire_or_be_waited(&self) -> bool {
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
                wanted,
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
        if self
            .word
            .compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed)
            .is_err()
        {
            self.release_waited();
        }
    }

    /// Others may wait for it.
    #[cold]
    fn release_waited(&self) {
        let mut waiters = self.waiters.lock();
        let next = self.release_to(&mut waiters);
        drop(waiters);
        next.into_iter().for_each(wake);
    }

    /// Releases the lock, which the caller holds: to the next waiter itself if that was overtaken before.
    fn release_to(&self, waiters: &mut WaitList) -> Option<Waker> {
        let is_granted = waiters.next_was_overtaken();
        let next = waiters.notify(if is_granted {
            Note::Granted
        } else {
            Note::Attempt
        });
        let locked = if is_granted { LOCKED } else { 0 };
        let waited = if waiters.is_empty() { 0 } else { WAITED };
        // Nobody else changes the word: the lock is held, and so is the lock of the list.
        // Where the lock is granted, its new holder sees what was done under it by the lock of the list.
        self.word.store(locked | waited, Ordering::Release);
        next
    }
}

impl Place for &RawLock {
    const DOING: Doing = Doing::Locking;

    type State = WaitList;

    fn lock(&self) -> MutexGuard<'_, WaitList> {
        self.waiters.lock()
    }

    fn waiters(state: &mut WaitList) -> &mut WaitList {
        state
    }

    fn pass_on(&self, waiters: &mut WaitList, note: Note) -> Option<Waker> {
        if note == Note::Granted {
            return self.release_to(waiters);
        }
        // If the lock is held, its holder will look at the list: `WAITED` is set while it has waiters.
        let is_free = self.word.load(Ordering::Relaxed) & LOCKED == 0;
        if is_free {
            waiters.notify(Note::Attempt)
        } else {
            None
        }
    }
}

#[cfg(all(test, loom))]
#[path = "raw_lock_loom.rs"]
mod model;
