//! A core as the other threads see it: whether its thread may be relieved of it, the slot of the
//! task woken last, the queue.
//!
//! `README.md` beside this file describes how a stuck worker is relieved, and why nothing is lost
//! meanwhile.

#![allow(unsafe_code)] // Tasks and remotes by address.

use crate::primitive::{AtomicPtr, AtomicU8, Ordering};
use crate::task::header::{Header, TaskRef};
use crate::task::wait_for::Site;
use crossbeam_deque::{Steal, Stealer};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A thread runs with the core.
const HELD: u8 = 0;
/// The same, and the monitor asks the thread to poll the driver after its poll.
const ASKED: u8 = 1;
/// The thread sleeps, or the core is being moved to another thread: it cannot be relieved.
const AWAY: u8 = 2;
/// The thread was in one poll for too long, and another thread has its seat.
const RELIEVED: u8 = 3;

/// The holder of a core's seat: the thread that has the core, unless the monitor was quicker.
///
/// ```text
///             leave
///   HELD, ASKED <----> AWAY
///        |     take_up
///        | relieve: the monitor alone
///        v
///     RELIEVED ---- the thread retires the core ----> AWAY
/// ```
#[derive(Debug)]
pub(super) struct Hold(AtomicU8);

/// A request of the monitor to a thread.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Poll the driver, and go on.
    LookAround,
    /// Retire the core.
    Relieved,
}

/// The state of a core, as its thread sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// The thread runs.
    Awake,
    /// It has left the seat, to sleep: tasks that are pushed meanwhile come from events.
    Asleep,
    /// Another thread has the seat.
    Relieved,
}

impl Hold {
    /// For a core that no thread has.
    pub(super) fn new() -> Self {
        Hold(AtomicU8::new(AWAY))
    }

    /// Whether there is a request to answer.
    #[inline]
    pub(super) fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed) != HELD
    }

    /// Takes the request. Called by the core's thread.
    #[cold]
    pub(super) fn answer(&self) -> Call {
        let asked = self
            .0
            .compare_exchange(ASKED, HELD, Ordering::AcqRel, Ordering::Acquire);
        match asked {
            Ok(_) => Call::LookAround,
            Err(_) => Call::Relieved,
        }
    }

    /// Called before the thread sleeps or gives its core away. False: it was relieved, and no
    /// longer has the seat.
    #[must_use]
    pub(super) fn leave(&self) -> bool {
        self.leave_held(AWAY)
    }

    /// The thread runs with the core (again). It has left the seat before, or got the core from a
    /// thread that did.
    pub(super) fn take_up(&self) {
        debug_assert_eq!(self.0.load(Ordering::Relaxed), AWAY);
        self.0.store(HELD, Ordering::Release);
    }

    /// The thread has emptied the core, which is free for another seat.
    pub(super) fn retire(&self) {
        debug_assert_eq!(self.0.load(Ordering::Relaxed), RELIEVED);
        self.0.store(AWAY, Ordering::Release);
    }

    /// The state, for the thread that has the core.
    #[inline]
    pub(super) fn seen_by_owner(&self) -> Own {
        match self.0.load(Ordering::Relaxed) {
            HELD | ASKED => Own::Awake,
            AWAY => Own::Asleep,
            _ => Own::Relieved,
        }
    }

    /// Whether a thread runs with the core.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.0.load(Ordering::Acquire), HELD | ASKED)
    }

    /// Called by the monitor: asks the thread to look around after its poll.
    pub(super) fn ask(&self) {
        let _ = self
            .0
            .compare_exchange(HELD, ASKED, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Called by the monitor: takes the seat from the thread. False: it was about to leave.
    #[must_use]
    pub(super) fn relieve(&self) -> bool {
        self.leave_held(RELIEVED)
    }

    fn leave_held(&self, next: u8) -> bool {
        let mut now = self.0.load(Ordering::Acquire);
        while let HELD | ASKED = now {
            let changed =
                self.0
                    .compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Acquire);
            match changed {
                Ok(_) => return true,
                Err(seen) => now = seen,
            }
        }
        false
    }
}

/// The task woken last: it runs next, its data is warm. Only the core's thread puts tasks in; the
/// monitor may take them out.
#[derive(Debug)]
pub(super) struct Slot(AtomicPtr<Header>);

impl Slot {
    pub(super) fn new() -> Self {
        Slot(AtomicPtr::new(ptr::null_mut()))
    }

    /// Puts a task in, and returns the one that it replaces. Called by the core's thread.
    #[inline]
    pub(super) fn put(&self, task: TaskRef) -> Option<TaskRef> {
        let task = task.into_raw();
        // No other thread puts tasks in: an empty slot stays empty.
        if self.0.load(Ordering::Relaxed).is_null() {
            self.0.store(task, Ordering::Release);
            return None;
        }
        // SAFETY: what is swapped out is taken once.
        unsafe { TaskRef::from_raw(self.0.swap(task, Ordering::AcqRel)) }
    }

    /// Takes the task out. Called from any thread.
    #[inline]
    pub(super) fn take(&self) -> Option<TaskRef> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: what is swapped out is taken once.
        unsafe { TaskRef::from_raw(self.0.swap(ptr::null_mut(), Ordering::AcqRel)) }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed).is_null()
    }
}

/// Every core that there has been.
static REMOTES: Mutex<Vec<&'static Remote>> = Mutex::new(Vec::new());

/// Adds one to a count that only this thread writes.
fn add_one(count: &AtomicUsize) {
    let n = count.load(Ordering::Relaxed).wrapping_add(1);
    count.store(n, Ordering::Relaxed);
}

/// The part of a core that the other threads see. It is never freed; a retired core is used again.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) hold: Hold,
    pub(super) slot: Slot,
    pub(super) stealer: Stealer<TaskRef>,
    /// Of the core's nested children.
    pub(super) nested: Stealer<TaskRef>,
    /// The number of rounds of the thread: one for each poll. Written by the thread.
    rounds: AtomicUsize,
    /// How often the thread has taken tasks from another core. Written by the thread.
    steals: AtomicUsize,
    /// How often it has gone to sleep. Written by the thread.
    sleeps: AtomicUsize,
    /// Where the vthread that is polled, or was polled last, was spawned. Null while the thread
    /// looks around, and before its first poll.
    polled: std::sync::atomic::AtomicPtr<Location<'static>>,
}

impl Remote {
    pub(super) fn leaked(stealer: Stealer<TaskRef>, nested: Stealer<TaskRef>) -> &'static Self {
        let remote: &Remote = Box::leak(Box::new(Remote {
            hold: Hold::new(),
            slot: Slot::new(),
            stealer,
            nested,
            rounds: AtomicUsize::new(0),
            steals: AtomicUsize::new(0),
            sleeps: AtomicUsize::new(0),
            polled: std::sync::atomic::AtomicPtr::new(ptr::null_mut()),
        }));
        let mut all = REMOTES.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(remote);
        remote
    }

    /// Calls `visit` with every core that there has been.
    pub(super) fn for_each(visit: impl FnMut(&'static Remote)) {
        let all = REMOTES.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().copied().for_each(visit);
    }

    /// Begins another round. Returns how many there were.
    #[inline]
    pub(super) fn begin_round(&self) -> usize {
        let n = self.rounds.load(Ordering::Relaxed).wrapping_add(1);
        self.rounds.store(n, Ordering::Relaxed);
        n
    }

    pub(super) fn rounds(&self) -> usize {
        self.rounds.load(Ordering::Relaxed)
    }

    /// Notes that the thread has taken tasks from another core.
    pub(super) fn note_steal(&self) {
        add_one(&self.steals);
    }

    pub(super) fn steals(&self) -> usize {
        self.steals.load(Ordering::Relaxed)
    }

    /// Notes that the thread goes to sleep.
    pub(super) fn note_sleep(&self) {
        add_one(&self.sleeps);
    }

    pub(super) fn sleeps(&self) -> usize {
        self.sleeps.load(Ordering::Relaxed)
    }

    /// The number of tasks that wait for the core's thread.
    pub(super) fn n_queued(&self) -> usize {
        usize::from(!self.slot.is_empty()) + self.stealer.len() + self.nested.len()
    }

    /// Called before a vthread that was spawned at `site` is polled.
    #[inline]
    pub(super) fn set_polled(&self, site: Site) {
        self.polled
            .store(ptr::from_ref(site).cast_mut(), Ordering::Relaxed);
    }

    /// Called when the thread does something other than to poll a vthread.
    pub(super) fn polls_nothing(&self) {
        self.polled.store(ptr::null_mut(), Ordering::Relaxed);
    }

    pub(super) fn polled(&self) -> Option<Site> {
        // SAFETY: null, or made from a `'static` reference.
        unsafe { self.polled.load(Ordering::Relaxed).as_ref() }
    }

    /// Whether tasks wait for the core's thread.
    pub(super) fn has_work(&self) -> bool {
        !self.slot.is_empty() || self.has_loot()
    }

    /// Whether there are tasks that others can steal.
    pub(super) fn has_loot(&self) -> bool {
        !self.stealer.is_empty() || !self.nested.is_empty()
    }

    /// Passes every queued task to `take`. Called from any thread. Returns whether there were any.
    pub(super) fn empty(&self, mut take: impl FnMut(TaskRef)) -> bool {
        let mut had_some = false;
        let from_slot = self.slot.take();
        for stealer in [&self.stealer, &self.nested] {
            loop {
                match stealer.steal() {
                    Steal::Success(task) => {
                        take(task);
                        had_some = true;
                    }
                    Steal::Empty => break,
                    Steal::Retry => {}
                }
            }
        }
        if let Some(task) = from_slot {
            take(task);
            had_some = true;
        }
        had_some
    }
}

/// A worker's share of the processors: a parker and an entry in the sleep protocol. Its `Remote` is
/// that of the core which runs there now.
#[derive(Debug)]
pub(super) struct Seat {
    remote: std::sync::atomic::AtomicPtr<Remote>,
    /// How many microseconds its threads were awake. Written by the monitor.
    busy: AtomicU64,
}

impl Seat {
    pub(super) fn new(remote: &'static Remote) -> Self {
        Seat {
            remote: std::sync::atomic::AtomicPtr::new(ptr::from_ref(remote).cast_mut()),
            busy: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn remote(&self) -> &'static Remote {
        // SAFETY: from a `'static` reference.
        unsafe { &*self.remote.load(Ordering::Acquire) }
    }

    /// Called by the monitor: another core runs here.
    pub(super) fn change(&self, remote: &'static Remote) {
        self.remote
            .store(ptr::from_ref(remote).cast_mut(), Ordering::Release);
    }

    /// Called by the monitor: the seat's thread was awake for `time` more.
    pub(super) fn was_busy(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.busy.fetch_add(micros, Ordering::Relaxed);
    }

    pub(super) fn busy(&self) -> Duration {
        Duration::from_micros(self.busy.load(Ordering::Relaxed))
    }
}

#[cfg(all(test, loom))]
#[path = "remote_loom.rs"]
mod models;
