//! Where a worker sleeps: in the driver's wait if it is free, so that an event wakes the worker
//! without a hop, else on a condition variable of its own.

use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicU8, Ordering};

/// The driver, as the scheduler sees it: the scheduler owns the trait, the driver implements it.
///
/// A place to wait for events; at most one worker waits there, the others on their own parkers.
pub(crate) trait Park: Send + Sync {
    /// Waits for I/O, for the next timer or for `unpark`, and wakes every vthread that became
    /// ready. Returns false at once if another thread waits here already.
    fn park(&self) -> bool;
    /// As `park`, without waiting: handles the events that are there.
    fn poll_now(&self) -> bool;
    /// Whether a thread waits here.
    fn is_waited_in(&self) -> bool;
    /// The number of turns so far: completed waits, and polls for events that are there.
    fn n_turns(&self) -> usize;
    /// Ends the wait of the thread in `park`, or the next such wait. Called from any thread.
    fn unpark(&self);
}

const EMPTY: u8 = 0;
/// Asleep on the condition variable.
const ON_CONDVAR: u8 = 1;
/// Asleep in the driver.
const IN_DRIVER: u8 = 2;
/// `unpark` was called, and not consumed.
const NOTIFIED: u8 = 3;

#[derive(Debug)]
pub(super) struct Parker {
    state: AtomicU8,
    lock: Mutex<()>,
    condvar: Condvar,
}

impl Parker {
    pub(super) fn new() -> Self {
        Parker {
            state: AtomicU8::new(EMPTY),
            lock: Mutex::new(()),
            condvar: Condvar::new(),
        }
    }

    /// Waits for `unpark` or, in the driver, for events. May return early.
    ///
    /// A waker called by the driver may block its thread, and the parker go to another thread with
    /// the core: then `is_ours` returns false, and this thread does not touch the parker any more.
    pub(super) fn park(&self, driver: &dyn Park, is_ours: impl Fn() -> bool) {
        if self.try_sleep(IN_DRIVER) {
            let was_free = driver.park();
            if !is_ours() {
                return;
            }
            if self.state.swap(EMPTY, Ordering::AcqRel) == NOTIFIED || was_free {
                return;
            }
        } else {
            return;
        }
        let mut guard = self.lock.lock();
        if !self.try_sleep(ON_CONDVAR) {
            return;
        }
        while self.state.load(Ordering::Acquire) == ON_CONDVAR {
            self.condvar.wait(&mut guard);
        }
        self.consume();
    }

    /// False: there was a notification, now consumed.
    fn try_sleep(&self, how: u8) -> bool {
        let slept = self
            .state
            .compare_exchange(EMPTY, how, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if !slept {
            self.consume();
        }
        slept
    }

    /// Consumes the notifications so far. A second one may follow the one that was seen at once:
    /// the work that was posted before it is found by the search that follows.
    fn consume(&self) {
        self.state.swap(EMPTY, Ordering::AcqRel);
    }

    /// Called for the thread that gets the core, and searches for work next.
    pub(super) fn reset(&self) {
        self.consume();
    }

    /// Ends the worker's sleep, or the next one.
    pub(super) fn unpark(&self, driver: &dyn Park) {
        match self.state.swap(NOTIFIED, Ordering::AcqRel) {
            ON_CONDVAR => {
                // The sleeper holds the lock from its decision to its wait.
                drop(self.lock.lock());
                self.condvar.notify_one();
            }
            IN_DRIVER => driver.unpark(),
            _ => {}
        }
    }
}
