//! The state word of a task: decisions, without access to the task's memory. `README.md` draws the
//! life cycle.
//!
//! One word holds the life cycle's bits and the count of references. The *base reference* stands
//! for the task's being alive: it is given up by the last step of its end. A task in a queue needs
//! no reference of its own, because a task that is `RUNNING` has not ended.

use crate::primitive::{AtomicU32, Ordering};

/// The frame is being polled, or the task is in a queue for its next poll, whose beginning costs no
/// change of the word. Set at birth and by the wake of an idle task, cleared by `pause` and
/// `complete`.
const RUNNING: u32 = 1 << 0;
/// A task that is `RUNNING` was woken, and must be polled after that. Set by wakers, cleared by
/// `start` and `pause`.
const NOTIFIED: u32 = 1 << 1;
/// The frame is gone, its value is written. Set once, by `complete`; never with `RUNNING`.
const COMPLETE: u32 = 1 << 2;
/// A handle exists, whose holder may take the value. Cleared once, by `drop_handle`.
const HANDLE: u32 = 1 << 3;
/// The holder of the handle has left a waker. Set by `add_joiner`.
const JOINER: u32 = 1 << 4;
/// The task is one of a test that runs its vthreads itself, and is queued there. Set once, before
/// the task is queued for the first time.
const IN_WORLD: u32 = 1 << 5;
/// One reference. Wakers and the handle own one each, and being alive is one.
const REFERENCE: u32 = 1 << 6;

/// A word past which references would overflow: 33 million wakers of one task, which has leaked.
const MAX: u32 = u32::MAX >> 1;

/// The state word.
#[derive(Debug)]
pub(crate) struct State(AtomicU32);

/// The activity of a vthread, for dumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// It runs.
    Running,
    /// It could run, and will.
    Ready,
    /// It waits for a wake.
    Waiting,
    /// Its frame is gone.
    Over,
}

/// What the caller of `wake` must do.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Wake {
    /// Put the task into a queue: it was idle, and belongs to the caller until it is queued.
    Schedule,
    /// Put the task into the queue of its test: the same, of a task `IN_WORLD`.
    ScheduleInWorld,
    /// Nothing: it is queued, or running and will see the notification, or over.
    Nothing,
}

/// What the caller of `pause` must do.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Pause {
    /// Nothing: the task is idle, and belongs to its next waker.
    Idle,
    /// Put it into a queue: it was notified while it ran.
    Reschedule,
}

/// The findings of `complete`.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Completed {
    /// A handle exists, the value is its now. Otherwise the caller drops the value.
    pub(crate) has_handle: bool,
    /// A joiner has left a waker: the caller takes and wakes it.
    pub(crate) has_joiner: bool,
}

/// What the holder of the handle must do when it drops it.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum DropHandle {
    /// Nothing more: the task is alive, and drops its own value.
    Released,
    /// Drop the value, if it was not taken, then release the reference with `release`.
    DropValue,
}

/// Whether the last reference is gone.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Release {
    /// Others remain.
    Shared,
    /// Free the memory.
    Free,
}

impl Wake {
    /// The word after a wake.
    #[inline]
    fn applied(now: u32) -> u32 {
        if now & (RUNNING | NOTIFIED | COMPLETE) == 0 {
            now | RUNNING
        } else {
            now | NOTIFIED
        }
    }

    /// The word was `before` when it was woken.
    #[inline]
    fn after(before: u32) -> Self {
        // One comparison for all tasks but those of tests.
        match before & (RUNNING | NOTIFIED | COMPLETE | IN_WORLD) {
            0 => Wake::Schedule,
            IN_WORLD => Wake::ScheduleInWorld,
            _ => Wake::Nothing,
        }
    }
}

impl Release {
    /// The word was `before` when a reference was dropped.
    #[inline]
    fn after(before: u32) -> Self {
        debug_assert!(before >= REFERENCE);
        if before / REFERENCE == 1 {
            Release::Free
        } else {
            Release::Shared
        }
    }
}

impl State {
    /// A new task, about to be queued for its first poll, with the base reference and a handle.
    pub(crate) fn new() -> Self {
        State(AtomicU32::new(RUNNING | HANDLE | (2 * REFERENCE)))
    }

    /// Called by the worker that took the task from a queue, where a wake had put it: the poll that
    /// follows answers the wakes until now. A load, if there were no others.
    #[inline]
    pub(crate) fn start(&self) {
        let before = self.0.load(Ordering::Relaxed);
        debug_assert_eq!(before & (RUNNING | COMPLETE), RUNNING);
        if before & NOTIFIED != 0 {
            self.0.fetch_and(!NOTIFIED, Ordering::AcqRel);
        }
    }

    /// Running -> idle or queued, by the worker whose poll was `Pending`. If it is queued, the
    /// caller is the one that queues it.
    #[inline]
    pub(crate) fn pause(&self) -> Pause {
        // The bit is set: a subtraction clears it, which is one instruction where the word before
        // is wanted.
        let before = self.0.fetch_sub(RUNNING, Ordering::AcqRel);
        debug_assert_eq!(before & (RUNNING | COMPLETE), RUNNING);
        if before & NOTIFIED == 0 {
            Pause::Idle
        } else {
            self.run_again();
            Pause::Reschedule
        }
    }

    /// Notified -> running. No other thread changes these bits meanwhile: a wake finds `NOTIFIED`,
    /// and sets it again.
    #[cold]
    fn run_again(&self) {
        let before = self.0.fetch_xor(NOTIFIED | RUNNING, Ordering::AcqRel);
        debug_assert_eq!(before & (NOTIFIED | RUNNING | COMPLETE), NOTIFIED);
    }

    /// Idle -> running, and to be queued by the caller; anything else -> notified. Always a
    /// read-modify-write, so that the waker's earlier writes are seen by the poll that it leads to,
    /// even if the task was notified already.
    #[inline]
    pub(crate) fn wake(&self) -> Wake {
        Wake::after(self.change(Wake::applied))
    }

    /// Changes the word by `next`, and returns what it was.
    #[inline]
    fn change(&self, next: impl Fn(u32) -> u32) -> u32 {
        let mut now = self.0.load(Ordering::Relaxed);
        loop {
            match self
                .0
                .compare_exchange_weak(now, next(now), Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(before) => return before,
                Err(seen) => now = seen,
            }
        }
    }

    /// As `wake`, and gives up a reference by the same change.
    #[inline]
    pub(crate) fn wake_and_release(&self) -> (Wake, Release) {
        let before = self.change(|now| Wake::applied(now) - REFERENCE);
        // The last reference is that of a task that is over.
        (Wake::after(before), Release::after(before))
    }

    /// Idle -> queued, as by a yield, for a caller that queues the task later: until then no other
    /// thread polls or queues it. False, and nothing has changed: it is not idle, or it is one of a
    /// test that runs its vthreads itself.
    ///
    /// The caller sees all that the last poll has done.
    #[inline]
    pub(crate) fn claim(&self) -> bool {
        let mut now = self.0.load(Ordering::Relaxed);
        while now & (RUNNING | NOTIFIED | COMPLETE | IN_WORLD) == 0 {
            let next = now | RUNNING;
            match self
                .0
                .compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(seen) => now = seen,
            }
        }
        false
    }

    /// The task, which was not queued yet, is one of a test that runs its vthreads itself.
    pub(crate) fn enter_world(&self) {
        self.0.fetch_or(IN_WORLD, Ordering::AcqRel);
    }

    /// Whether it is one of those.
    pub(crate) fn is_in_world(&self) -> bool {
        self.0.load(Ordering::Relaxed) & IN_WORLD != 0
    }

    /// The activity a moment ago.
    pub(crate) fn activity(&self) -> Activity {
        let now = self.0.load(Ordering::Relaxed);
        if now & COMPLETE != 0 {
            Activity::Over
        } else if now & RUNNING != 0 {
            Activity::Running
        } else if now & NOTIFIED != 0 {
            Activity::Ready
        } else {
            Activity::Waiting
        }
    }

    /// Running -> complete, by the worker; the frame is gone and the value is written.
    #[inline]
    pub(crate) fn complete(&self) -> Completed {
        // As in `pause`.
        let before = self.0.fetch_add(COMPLETE - RUNNING, Ordering::AcqRel);
        debug_assert_eq!(before & (RUNNING | COMPLETE), RUNNING);
        Completed {
            has_handle: before & HANDLE != 0,
            has_joiner: before & JOINER != 0,
        }
    }

    /// Whether the task is over; its value can be read by the holder of the handle.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire) & COMPLETE != 0
    }

    /// Notes that a joiner's waker is in place. Returns true if the task is over already.
    #[inline]
    #[must_use]
    pub(crate) fn add_joiner(&self) -> bool {
        self.0.fetch_or(JOINER, Ordering::AcqRel) & COMPLETE != 0
    }

    /// The handle is dropped.
    #[inline]
    pub(crate) fn drop_handle(&self) -> DropHandle {
        let mut now = self.0.load(Ordering::Acquire);
        loop {
            debug_assert!(now & HANDLE != 0);
            if now & COMPLETE != 0 {
                return DropHandle::DropValue;
            }
            // The base reference is still there, so ours is not the last.
            let next = now - HANDLE - REFERENCE;
            match self
                .0
                .compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return DropHandle::Released,
                Err(seen) => now = seen,
            }
        }
    }

    /// Adds the reference of a waker.
    #[inline]
    pub(crate) fn retain(&self) {
        let before = self.0.fetch_add(REFERENCE, Ordering::Relaxed);
        if before > MAX {
            std::process::abort();
        }
    }

    /// Drops one reference.
    #[inline]
    pub(crate) fn release(&self) -> Release {
        // No other owner is left to change the word, and those that were have released theirs.
        if self.0.load(Ordering::Acquire) / REFERENCE == 1 {
            return Release::Free;
        }
        Release::after(self.0.fetch_sub(REFERENCE, Ordering::AcqRel))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_wake_while_running_asks_for_another_poll() {
        let state = State::new();
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.pause(), Pause::Reschedule);
    }

    #[test]
    fn only_the_first_wake_of_an_idle_task_schedules() {
        let state = State::new();
        assert_eq!(state.pause(), Pause::Idle);
        assert_eq!(state.wake(), Wake::Schedule);
        assert_eq!(state.wake(), Wake::Nothing);
        state.start();
        assert_eq!(state.pause(), Pause::Idle);
        state.retain();
        let last_but_one = state.wake_and_release();
        assert_eq!(last_but_one, (Wake::Schedule, Release::Shared));
    }

    #[test]
    fn a_task_of_a_test_is_queued_there() {
        let state = State::new();
        state.enter_world();
        assert_eq!(state.pause(), Pause::Idle);
        assert_eq!(state.wake(), Wake::ScheduleInWorld);
        assert_eq!(state.wake(), Wake::Nothing);
    }

    #[test]
    fn only_an_idle_task_is_claimed() {
        let state = State::new();
        assert!(!state.claim(), "it is queued");
        assert_eq!(state.pause(), Pause::Idle);
        assert!(state.claim());
        assert!(!state.claim(), "it is the first one's");
        // A wake meanwhile leads to a poll after the next one.
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.pause(), Pause::Reschedule);
        state.start();
        assert_eq!(state.pause(), Pause::Idle);
        assert_eq!(state.wake(), Wake::Schedule);
        assert!(!state.claim(), "it is queued");
        state.start();
        let _ = state.complete();
        assert!(!state.claim(), "it is over");
    }

    #[test]
    fn a_yield_queues_exactly_once() {
        let state = State::new();
        // It yields, is woken in the queue, and is polled again.
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.pause(), Pause::Reschedule);
        state.start();
        assert_eq!(state.pause(), Pause::Idle);
    }

    #[test]
    fn the_last_reference_frees() {
        let state = State::new();
        state.retain();
        state.retain();
        assert_eq!(state.drop_handle(), DropHandle::Released);
        let done = state.complete();
        assert!(!done.has_handle && !done.has_joiner);
        assert_eq!(state.release(), Release::Shared);
        assert_eq!(state.wake(), Wake::Nothing);
        assert_eq!(state.wake_and_release(), (Wake::Nothing, Release::Shared));
        assert_eq!(state.wake_and_release(), (Wake::Nothing, Release::Free));
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{Arc, AtomicBool, thread};

    /// A worker that runs a task to its pause, against two wakers: writes before a wake are seen by
    /// a later poll, and the task is scheduled once per notification.
    #[test]
    fn loom_state_no_wake_is_lost() {
        loom::model(|| {
            let state = Arc::new(State::new());
            let facts = [
                Arc::new(AtomicBool::new(false)),
                Arc::new(AtomicBool::new(false)),
            ];
            let wakers: Vec<_> = facts
                .iter()
                .map(|fact| {
                    let (state, fact) = (state.clone(), fact.clone());
                    thread::spawn(move || {
                        fact.store(true, Ordering::Relaxed);
                        state.wake() == Wake::Schedule
                    })
                })
                .collect();
            let mut seen = facts.iter().all(|fact| fact.load(Ordering::Relaxed));
            while state.pause() == Pause::Reschedule {
                state.start();
                seen = facts.iter().all(|fact| fact.load(Ordering::Relaxed));
            }
            let scheduled: usize = wakers
                .into_iter()
                .map(|waker| usize::from(waker.join().unwrap()))
                .sum();
            assert!(scheduled <= 1, "queued twice");
            if scheduled == 1 {
                state.start();
                seen = facts.iter().all(|fact| fact.load(Ordering::Relaxed));
                assert_eq!(state.pause(), Pause::Idle);
            }
            assert!(seen, "a wake was lost");
        });
    }

    /// A task that was woken and is about to be polled, against another waker: its write is seen by
    /// that poll or by a later one.
    #[test]
    fn loom_state_a_wake_in_the_queue_is_not_lost() {
        loom::model(|| {
            let state = Arc::new(State::new());
            assert_eq!(state.pause(), Pause::Idle);
            assert_eq!(state.wake(), Wake::Schedule);
            let fact = Arc::new(AtomicBool::new(false));
            let waker = {
                let (state, fact) = (state.clone(), fact.clone());
                thread::spawn(move || {
                    fact.store(true, Ordering::Relaxed);
                    state.wake() == Wake::Schedule
                })
            };
            let mut seen;
            loop {
                state.start();
                seen = fact.load(Ordering::Relaxed);
                if state.pause() == Pause::Idle {
                    break;
                }
            }
            if waker.join().unwrap() {
                state.start();
                seen = fact.load(Ordering::Relaxed);
                assert_eq!(state.pause(), Pause::Idle);
            }
            assert!(seen, "a wake was lost");
        });
    }

    /// The end against the handle's drop: exactly one of them drops the value, and exactly one
    /// release frees.
    #[test]
    fn loom_state_one_owner_of_the_value() {
        loom::model(|| {
            let state = Arc::new(State::new());
            let other = state.clone();
            let handle = thread::spawn(move || match other.drop_handle() {
                DropHandle::Released => (0, 0),
                DropHandle::DropValue => (1, usize::from(other.release() == Release::Free)),
            });
            let dropped = usize::from(!state.complete().has_handle);
            let freed = usize::from(state.release() == Release::Free);
            let (dropped_by_handle, freed_by_handle) = handle.join().unwrap();
            assert_eq!(dropped + dropped_by_handle, 1);
            assert_eq!(freed + freed_by_handle, 1);
        });
    }

    /// The end against a joiner that leaves its waker: the joiner sees the end, or is woken.
    #[test]
    fn loom_state_a_joiner_is_woken() {
        loom::model(|| {
            let state = Arc::new(State::new());
            let other = state.clone();
            let joiner = thread::spawn(move || other.is_complete() || other.add_joiner());
            let told = state.complete().has_joiner;
            assert!(joiner.join().unwrap() || told);
        });
    }
}
