//! A core as the others see it: whether its thread may be relieved of it, the slot of the just-woken, the queue.
//!
//! `README.md` beside this file tells how a stuck worker is relieved, and why nothing is lost meanwhile.

#![allow(unsafe_code)] // Tasks and desks by address.

use crate::primitive::{AtomicPtr, AtomicU8, Ordering};
use crate::task::header::{Header, TaskRef};
use crate::task::wait_for::Site;
use crossbeam_deque::{Steal, Stealer};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::AtomicU32;

/// A thread runs with the core.
const HELD: u8 = 0;
/// The same, and the monitor asks the thread to look at the driver after its poll.
const ASKED: u8 = 1;
/// The thread sleeps, or the core is on its way to another: it cannot be relieved.
const AWAY: u8 = 2;
/// The thread was in one poll for too long, and another one has its seat.
const RELIEVED: u8 = 3;

/// Who has a core's seat: the thread that has the core, unless the monitor was quicker.
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

/// What the monitor wants of a thread.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// That it looks at the driver, and goes on.
    LookAround,
    /// That it retires its core.
    Relieved,
}

/// What a thread that has a core is at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// It runs.
    Awake,
    /// It has left, to sleep: what is pushed meanwhile are events.
    Asleep,
    /// The seat is another one's.
    Relieved,
}

impl Hold {
    /// That of a core which no thread has.
    pub(super) fn new() -> Self {
        Hold(AtomicU8::new(AWAY))
    }

    /// Whether there is a call to answer.
    #[inline]
    pub(super) fn is_called(&self) -> bool {
        self.0.load(Ordering::Relaxed) != HELD
    }

    /// What the call was. By the thread.
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

    /// Before the thread sleeps or gives its core away. False: it was relieved, and the seat is not its own.
    #[must_use]
    pub(super) fn leave(&self) -> bool {
        self.leave_held(AWAY)
    }

    /// The thread runs with the core (again). It has left it before, or has it from who did.
    pub(super) fn take_up(&self) {
        debug_assert_eq!(self.0.load(Ordering::Relaxed), AWAY);
        self.0.store(HELD, Ordering::Release);
    }

    /// The thread has emptied the core, which is free for another seat.
    pub(super) fn retire(&self) {
        debug_assert_eq!(self.0.load(Ordering::Relaxed), RELIEVED);
        self.0.store(AWAY, Ordering::Release);
    }

    /// What the thread that has the core is at.
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

    /// By the monitor: the thread looks around after its poll.
    pub(super) fn ask(&self) {
        let _ = self
            .0
            .compare_exchange(HELD, ASKED, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// By the monitor: takes the seat from the thread. False: it was about to leave.
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

    /// Puts a task in, and gives back what was there. By the core's thread.
    #[inline]
    pub(super) fn put(&self, task: TaskRef) -> Option<TaskRef> {
        let task = task.into_raw();
        // Nobody else puts anything in: what is empty stays empty.
        if self.0.load(Ordering::Relaxed).is_null() {
            self.0.store(task, Ordering::Release);
            return None;
        }
        // SAFETY: what is swapped out is taken once.
        unsafe { TaskRef::from_raw(self.0.swap(task, Ordering::AcqRel)) }
    }

    /// Takes the task out. By anybody.
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

/// What the others see of a core. It is never freed; a core that is retired is used again.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) hold: Hold,
    pub(super) slot: Slot,
    pub(super) stealer: Stealer<TaskRef>,
    /// How many rounds the thread has made: one for each poll. Written by the thread.
    rounds: AtomicU32,
    /// Where the vthread was spawned that is polled. Null while something else is done.
    polled: std::sync::atomic::AtomicPtr<Location<'static>>,
}

impl Desk {
    pub(super) fn leaked(stealer: Stealer<TaskRef>) -> &'static Self {
        Box::leak(Box::new(Desk {
            hold: Hold::new(),
            slot: Slot::new(),
            stealer,
            rounds: AtomicU32::new(0),
            polled: std::sync::atomic::AtomicPtr::new(ptr::null_mut()),
        }))
    }

    /// Another round begins. Says how many there were.
    #[inline]
    pub(super) fn begin_round(&self) -> u32 {
        let n = self.rounds.load(Ordering::Relaxed).wrapping_add(1);
        self.rounds.store(n, Ordering::Relaxed);
        n
    }

    pub(super) fn rounds(&self) -> u32 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// A vthread that was spawned at `site` is polled next.
    #[inline]
    pub(super) fn set_polled(&self, site: Site) {
        self.polled
            .store(ptr::from_ref(site).cast_mut(), Ordering::Relaxed);
    }

    /// Something else is done.
    pub(super) fn polls_nothing(&self) {
        self.polled.store(ptr::null_mut(), Ordering::Relaxed);
    }

    pub(super) fn polled(&self) -> Option<Site> {
        // SAFETY: null, or made from a reference that lives for ever.
        unsafe { self.polled.load(Ordering::Relaxed).as_ref() }
    }

    /// Whether tasks wait for the core's thread.
    pub(super) fn has_work(&self) -> bool {
        !self.slot.is_empty() || !self.stealer.is_empty()
    }

    /// Gives every task that waits here to `take`. By anybody. Says whether there were any.
    pub(super) fn empty(&self, mut take: impl FnMut(TaskRef)) -> bool {
        let mut had_some = false;
        let from_slot = self.slot.take();
        loop {
            match self.stealer.steal() {
                Steal::Success(task) => {
                    take(task);
                    had_some = true;
                }
                Steal::Empty => break,
                Steal::Retry => {}
            }
        }
        if let Some(task) = from_slot {
            take(task);
            had_some = true;
        }
        had_some
    }
}

/// A worker's place: a share of the processors, a parker, an entry in the sleep protocol. Its desk is that of the
/// core which runs there now.
#[derive(Debug)]
pub(super) struct Seat(std::sync::atomic::AtomicPtr<Desk>);

impl Seat {
    pub(super) fn new(desk: &'static Desk) -> Self {
        Seat(std::sync::atomic::AtomicPtr::new(
            ptr::from_ref(desk).cast_mut(),
        ))
    }

    #[inline]
    pub(super) fn desk(&self) -> &'static Desk {
        // SAFETY: from a reference that lives for ever.
        unsafe { &*self.0.load(Ordering::Acquire) }
    }

    /// By the monitor: another core runs here.
    pub(super) fn change(&self, desk: &'static Desk) {
        self.0
            .store(ptr::from_ref(desk).cast_mut(), Ordering::Release);
    }
}

#[cfg(all(test, loom))]
#[path = "remote_loom.rs"]
mod models;
