//! The notice that a blocking call is to be polled again: its wakers give it, and its thread waits
//! for it.
//!
//! # Protocol
//! - **Waker**: (W1) write the data for the poll, (W2) set the flag by a swap, (W3) if it was not
//!   set, go through the lock, and notify.
//! - **Thread**: (T1) clear the flag by a swap, (T2) poll, (T3) under the lock, wait until the flag
//!   is set; again from T1.
//!
//! *No wake is lost.* The swaps of one flag are in one order, and each reads the value that the one
//! before it wrote. Take a W2 and the first T1 after it. All swaps between them are those of
//! wakers, so that T1 acquires the writes that every one of them has released, W1 included, and T2
//! sees them. And the thread comes to that T1: the flag is set since W2, so that T3 does not wait;
//! or it waits already, and then W3, which comes after T3's look at the flag, since both hold the
//! lock, ends the wait.
//!
//! With a *store* at T1, a W2 just before it would be overwritten unread: T2 may run without having
//! seen W1, and T3 waits for a wake that is over.
//!
//! `loom_root_*` below are this argument, executed.

use crate::primitive::{AtomicBool, Condvar, Mutex, Ordering};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Notice {
    is_given: AtomicBool,
    lock: Mutex<()>,
    condvar: Condvar,
}

impl Notice {
    pub(crate) fn new() -> Self {
        Notice {
            is_given: AtomicBool::new(false),
            lock: Mutex::new(()),
            condvar: Condvar::new(),
        }
    }

    /// Called before a poll: that poll sees all writes before earlier notices.
    #[inline]
    pub(crate) fn take(&self) {
        self.is_given.swap(false, Ordering::AcqRel);
    }

    /// Ends the wait of the thread, or its next one.
    #[inline]
    pub(crate) fn give(&self) {
        if !self.is_given.swap(true, Ordering::AcqRel) {
            // The thread looks at the flag under the lock before it waits.
            drop(self.lock.lock());
            self.condvar.notify_one();
        }
    }

    /// Whether there is a notice that was not taken.
    pub(crate) fn is_given(&self) -> bool {
        self.is_given.load(Ordering::Acquire)
    }

    /// Waits for a notice, at most for `longest`, and leaves it to `take`. Returns whether there
    /// was one.
    pub(crate) fn wait(&self, longest: Option<Duration>) -> bool {
        let mut guard = self.lock.lock();
        while !self.is_given.load(Ordering::Acquire) {
            guard = match longest {
                None => self.condvar.wait(guard),
                Some(longest) => {
                    let _guard = self.condvar.wait_for(guard, longest);
                    return self.is_given.load(Ordering::Acquire);
                }
            };
        }
        true
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{Arc, thread};

    /// The root of a blocking call polls until all facts are there, with nothing but the notice to
    /// order them.
    fn poll_until_all(n_wakers: usize) {
        let notice = Arc::new(Notice::new());
        let facts: Vec<_> = (0..n_wakers)
            .map(|_| Arc::new(AtomicBool::new(false)))
            .collect();
        let wakers: Vec<_> = facts
            .iter()
            .map(|fact| {
                let (notice, fact) = (notice.clone(), fact.clone());
                thread::spawn(move || {
                    fact.store(true, Ordering::Relaxed);
                    notice.give();
                })
            })
            .collect();
        loop {
            notice.take();
            if facts.iter().all(|fact| fact.load(Ordering::Relaxed)) {
                break;
            }
            notice.wait(None);
        }
        for waker in wakers {
            waker.join().unwrap();
        }
    }

    #[test]
    fn loom_root_sees_what_its_waker_wrote() {
        loom::model(|| poll_until_all(1));
    }

    #[test]
    fn loom_root_of_two_wakes_none_is_lost() {
        loom::model(|| poll_until_all(2));
    }

    /// A late wake, meant for an earlier call, costs the next call no more than an extra poll.
    #[test]
    fn loom_root_a_late_wake_comes_to_the_next_call() {
        loom::model(|| {
            let notice = Arc::new(Notice::new());
            let late = {
                let notice = notice.clone();
                thread::spawn(move || notice.give())
            };
            notice.take();
            // The next call, whose waker gives notice once.
            let is_ready = Arc::new(AtomicBool::new(false));
            let waker = {
                let (notice, is_ready) = (notice.clone(), is_ready.clone());
                thread::spawn(move || {
                    is_ready.store(true, Ordering::Relaxed);
                    notice.give();
                })
            };
            loop {
                notice.take();
                if is_ready.load(Ordering::Relaxed) {
                    break;
                }
                notice.wait(None);
            }
            late.join().unwrap();
            waker.join().unwrap();
        });
    }
}
