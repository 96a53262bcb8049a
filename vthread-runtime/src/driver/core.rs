//! The driver: the only place where a thread waits for events from outside the process.
//!
//! # The wait
//! At most one thread is inside `park`. `Signal` makes sure that an `unpark` ends that thread's
//! wait, or the next one. A wait is announced to the timers before it begins, so that an alarm
//! which is earlier than the announced end of the wait ends it (`Timers`). Wakers are called after
//! every lock has been released, the right to wait included: so they may use the driver too.

use super::io::Reactor;
use super::time::{Timers, standing};
use crate::base::wake::WakeList;
use crate::primitive::{AtomicUsize, Ordering};
use crate::scheduler::parker::Park;
use std::sync::OnceLock;
use std::time::Duration;

static DRIVER: OnceLock<Driver> = OnceLock::new();

/// The driver of this process. It starts with its first use.
///
/// # Panics
/// Where the system has no more descriptors for a poller.
#[inline]
pub(crate) fn get() -> &'static Driver {
    DRIVER.get_or_init(|| match Reactor::new() {
        Ok(reactor) => Driver {
            reactor,
            timers: Timers::new(),
            signal: Signal::default(),
            n_turns: AtomicUsize::new(0),
        },
        Err(error) => panic!("vthread cannot start: the system gives it no I/O poller: {error}"),
    })
}

/// The driver, if it has been used.
pub(crate) fn started() -> Option<&'static Driver> {
    DRIVER.get()
}

/// The reactor and the timers, and the thread that waits for both.
#[derive(Debug)]
pub(crate) struct Driver {
    reactor: Reactor,
    timers: Timers,
    signal: Signal,
    /// The number of completed turns.
    n_turns: AtomicUsize,
}

impl Driver {
    /// The timers that the code of this thread uses.
    #[inline]
    pub(super) fn timers_here(&self) -> &Timers {
        standing::here().unwrap_or(&self.timers)
    }

    /// The timers that follow the system's clock.
    pub(super) fn timers(&self) -> &Timers {
        &self.timers
    }

    /// Wakes the owners of all alarms that are due.
    pub(crate) fn ring(&self) {
        self.timers_here().ring(&mut WakeList::default());
    }

    /// The numbers of alarms that are set, and of descriptors that are watched.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.timers.count(), self.reactor.count())
    }

    /// The part that watches descriptors.
    pub(super) fn reactor(&self) -> &Reactor {
        &self.reactor
    }
}

impl Park for Driver {
    fn park(&self) -> bool {
        let Some(mut turn) = self.reactor.try_turn() else {
            return false;
        };
        let until_alarm = self.timers.begin_wait();
        let limit = if self.signal.begin_wait() {
            until_alarm
        } else {
            Some(Duration::ZERO)
        };
        turn.wait(limit);
        self.signal.end_wait();
        self.timers.end_wait();
        self.n_turns.fetch_add(1, Ordering::Relaxed);
        let mut woken = turn.finish();
        woken.wake_all();
        self.timers.ring(&mut woken);
        true
    }

    fn poll_now(&self) -> bool {
        let Some(mut turn) = self.reactor.try_turn() else {
            return false;
        };
        turn.wait(Some(Duration::ZERO));
        self.n_turns.fetch_add(1, Ordering::Relaxed);
        let mut woken = turn.finish();
        woken.wake_all();
        self.timers.ring(&mut woken);
        true
    }

    fn is_waited_in(&self) -> bool {
        self.signal.0.load(Ordering::Acquire) == WAITING
    }

    fn n_turns(&self) -> usize {
        self.n_turns.load(Ordering::Relaxed)
    }

    fn unpark(&self) {
        if self.signal.raise() {
            self.reactor.interrupt();
        }
    }
}

/// Whether the thread that waits in the driver is asked to come back.
///
/// ```text
///            begin_wait                raise: interrupt the reactor
///   IDLE ------------------> WAITING --------------------------------> RAISED
///    ^ <---------------------'                                          |
///    |       end_wait                                                   |
///    '------------------------------------------------------------------'
///       end_wait, or begin_wait: this wait takes no time
///   and IDLE --raise--> RAISED: no thread waits; the next wait takes no time
/// ```
#[derive(Debug, Default)]
struct Signal(AtomicUsize);

const IDLE: usize = 0;
const WAITING: usize = 1;
const RAISED: usize = 2;

impl Signal {
    /// Whether to wait; otherwise the signal was raised, and is cleared.
    fn begin_wait(&self) -> bool {
        let raised = self
            .0
            .compare_exchange(IDLE, WAITING, Ordering::AcqRel, Ordering::Acquire);
        if raised.is_err() {
            // It may be raised again meanwhile: the writes before that are seen by the look that
            // follows.
            self.0.swap(IDLE, Ordering::AcqRel);
        }
        raised.is_ok()
    }

    fn end_wait(&self) {
        self.0.swap(IDLE, Ordering::AcqRel);
    }

    /// Whether a thread waits that must be interrupted.
    #[must_use]
    fn raise(&self) -> bool {
        self.0.swap(RAISED, Ordering::AcqRel) == WAITING
    }
}

#[cfg(all(test, loom))]
#[path = "core_loom.rs"]
mod model;
