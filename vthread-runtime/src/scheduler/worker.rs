//! A worker: an OS thread that runs tasks as long as it holds a core (`core.rs`).
//!
//! A core moves to another thread when a vthread blocks its own (`handoff.rs`). A thread that is
//! stuck keeps its core but loses the seat (`monitor.rs`); when it comes back it retires the core.

use super::core::Core;
use super::remote::{Call, Own};
use super::{Scheduler, cadence, queueing};
use crate::base::blocks;
use crate::task::header::TaskRef;
use crate::task::stack;
use crate::trace::timeline::{self, Then, What};
use std::cell::RefCell;
use std::ptr;
use std::sync::Arc;
use std::time::Instant;

/// The number of tasks after which the oldest nested child moves to the deque. A multiple of the
/// number between two looks around, and so large that a recursion stays narrow.
const ADVANCE: usize = 16 * cadence::MOST;

/// What a worker does between two polls.
#[derive(Clone, Copy, Debug)]
enum Looks {
    /// It looks at the driver, and whether there is work for all.
    Around,
    /// It has no work, and searches for some, or sleeps.
    Elsewhere,
}

/// The result of a look around.
enum Around {
    Nothing,
    Task(TaskRef),
    /// The core has been taken away.
    Relieved,
}

/// A thread that is, or was, a worker.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) scheduler: &'static Scheduler,
    /// Taken while the thread is blocked in a plain frame.
    pub(super) core: RefCell<Option<Box<Core>>>,
    /// Set on a thread that is no worker, and runs the vthreads of a test in an order of its own.
    pub(super) orders: Option<Arc<dyn Orders>>,
}

/// What takes the vthreads that a thread spawns, instead of the workers.
pub(crate) trait Orders: std::fmt::Debug {
    /// Queues a task that was spawned, or polled, by the thread.
    fn take(&self, task: TaskRef);
}

impl Worker {
    /// Runs tasks until the core is handed to another thread.
    pub(super) fn run(&self) {
        // It is on from the beginning, or never.
        if timeline::is_on() {
            return self.run_recorded();
        }
        let mut yielded = None;
        while let Some(task) = self.next_task(yielded, |_| {}) {
            (_, yielded) = task.run_to_yield();
        }
    }

    #[cold]
    fn run_recorded(&self) {
        // What the vthread polled last does now, until that is recorded.
        let mut before = Then::NO_POLL;
        let mut yielded = None;
        loop {
            let task = self.next_task(yielded, |looks| {
                let before = std::mem::replace(&mut before, Then::NO_POLL);
                let ends_poll = before != Then::NO_POLL;
                match looks {
                    // That is short.
                    Looks::Around if ends_poll => timeline::record(What::Turns(before)),
                    Looks::Around => {}
                    Looks::Elsewhere if ends_poll => timeline::record_timed(What::Turns(before)),
                    Looks::Elsewhere => timeline::time_next(),
                }
            });
            let Some(task) = task else { break };
            (before, yielded) = task.run_recorded(before);
        }
        if before != Then::NO_POLL {
            timeline::record_timed(What::Turns(before));
        }
    }

    /// The next task, after a sleep if need be. `None`: the core was taken away. `yielded` was
    /// polled before, and has its turn after all others. `looks` is called before the worker does
    /// something other than to take a task from its own queue.
    ///
    /// It stands in both loops, so that the one that does not record is no longer for the other.
    #[inline(always)]
    fn next_task(&self, yielded: Option<TaskRef>, mut looks: impl FnMut(Looks)) -> Option<TaskRef> {
        let mut has_looked = false;
        let mut core = self.core.borrow_mut();
        if let Some(task) = yielded {
            match core.as_deref_mut() {
                Some(own) => own.push_again(task, self.scheduler),
                None => queueing::order(task),
            }
        }
        loop {
            let own = core.as_deref_mut()?;
            let is_plain = !own.cadence.is_due(own.remote.begin_round()) || has_looked;
            if is_plain && !own.remote.hold.is_called() {
                if let Some(task) = own.next_local(self) {
                    self.begin(own, &task);
                    return Some(task);
                }
                drop(core);
                looks(Looks::Elsewhere);
                has_looked = false;
                match self.find_or_sleep() {
                    None => core = self.core.borrow_mut(),
                    found => return found,
                }
                continue;
            }
            drop(core);
            looks(Looks::Around);
            has_looked = true;
            match self.look_around() {
                Around::Nothing => core = self.core.borrow_mut(),
                Around::Task(task) => return Some(task),
                Around::Relieved => return None,
            }
        }
    }

    /// The index of its seat. `None`: it has no core, has lost the seat, or is about to sleep.
    pub(super) fn seat(&self) -> Option<usize> {
        let core = self.core.borrow();
        let core = core
            .as_ref()
            .filter(|core| !core.is_relieved() && !core.is_asleep());
        core.map(|core| core.index)
    }

    /// Prepares to run `task`.
    #[inline]
    fn begin(&self, core: &mut Core, task: &TaskRef) {
        core.remote.set_polled(task.site());
        if core.searching {
            self.end_search(core);
        }
    }

    #[cold]
    fn end_search(&self, core: &mut Core) {
        core.searching = false;
        if self.scheduler.idle.stop_searching() {
            self.scheduler.wake_a_worker();
        }
    }

    /// Answers the monitor, delivers the driver's events, and looks at the injector.
    #[cold]
    fn look_around(&self) -> Around {
        let Some(remote) = self.core.borrow().as_ref().map(|core| core.remote) else {
            return Around::Relieved;
        };
        if remote.hold.is_called() && remote.hold.answer() == Call::Relieved {
            self.retire();
            return Around::Relieved;
        }
        remote.polls_nothing();
        // Wakes push into this worker's queue, so the core is not borrowed here.
        self.scheduler.driver.poll_now();
        let mut core = self.core.borrow_mut();
        let Some(core) = core.as_mut() else {
            return Around::Relieved;
        };
        core.cadence.looks(Instant::now());
        if remote.hold.is_called() {
            // A foreign waker may have kept the thread for long.
            return Around::Nothing;
        }
        if remote.rounds() % ADVANCE == 0 && core.advance_oldest() {
            // It was in neither queue for a moment.
            self.scheduler.wake_a_worker();
        }
        self.scheduler.queue_of_crowd(core);
        match self.scheduler.take_injected(core) {
            Some(task) => {
                self.begin(core, &task);
                if !core.deque.is_empty() {
                    // The task that would have been the next one may have yielded: see
                    // `push_again`.
                    self.scheduler.wake_a_worker();
                }
                Around::Task(task)
            }
            None => Around::Nothing,
        }
    }

    /// A task from elsewhere, or `None` after a sleep.
    #[cold]
    fn find_or_sleep(&self) -> Option<TaskRef> {
        if let Some(core) = self.core.borrow_mut().as_mut()
            && let Some(task) = self
                .search(core)
                .or_else(|| self.wait_for_crowd(core))
                .or_else(|| self.look_out(core))
        {
            self.begin(core, &task);
            return Some(task);
        }
        self.sleep();
        None
    }

    /// Sleeps until there is work. Tasks woken by events that this thread waits for are queued
    /// here.
    fn sleep(&self) {
        let scheduler = self.scheduler;
        let _recorded = timeline::Sleep::begin();
        let index = {
            let mut core = self.core.borrow_mut();
            let Some(core) = core.as_mut() else { return };
            if !core.remote.hold.leave() {
                // Relieved: the next round sees it.
                return;
            }
            let searching = std::mem::take(&mut core.searching);
            core.asleep = true;
            core.remote.note_sleep();
            scheduler.idle.sleep(core.index, searching);
            if scheduler.has_work() {
                scheduler.wake_a_worker();
            }
            core.index
        };
        let since = Instant::now();
        loop {
            scheduler.parkers[index].park(scheduler.driver, || self.core.borrow().is_some());
            let mut core = self.core.borrow_mut();
            // A waker that blocked has handed the core off.
            let Some(core) = core.as_mut() else { return };
            stack::renew_clock();
            let is_event = core.remote.has_work();
            if is_event || !scheduler.idle.is_asleep(index) {
                core.rise(scheduler);
                if !is_event {
                    core.thief.was_woken_after(since.elapsed());
                }
                core.remote.hold.take_up();
                scheduler.monitor.call();
                if is_event && !core.deque.is_empty() {
                    scheduler.wake_a_worker();
                }
                return;
            }
        }
    }

    /// The thread was relieved, and gives up its core.
    #[cold]
    fn retire(&self) {
        let core = self.core.take();
        if let Some(core) = core {
            self.scheduler.retire(core);
        }
    }
}

/// Queues `task` with this worker, where it runs soon, or gives it back if the thread has no core
/// (now).
#[inline]
pub(super) fn push_soon(worker: &Worker, task: TaskRef) -> Result<(), TaskRef> {
    // Queues are not touched while user code runs, so the cell is free here.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return Err(task);
    };
    if core.remote.hold.is_called() {
        match core.remote.hold.seen_by_owner() {
            Own::Awake => {}
            Own::Asleep => {
                core.push(task);
                return Ok(());
            }
            // See `Core::is_relieved`.
            Own::Relieved => return Err(task),
        }
    }
    if core.push(task) {
        worker.scheduler.wake_another();
    }
    Ok(())
}

/// As `push_soon`, behind all others.
#[inline(always)] // Where each spawn has it, and each joiner.
pub(super) fn push_last(worker: &Worker, task: TaskRef) -> Result<(), TaskRef> {
    // As above.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return Err(task);
    };
    if core.is_relieved() {
        return Err(task);
    }
    core.deque.push(task);
    if !core.asleep {
        worker.scheduler.wake_another();
    }
    Ok(())
}

/// As `push_last`, for a child whose spawner is new.
#[inline]
pub(super) fn push_nested(worker: &Worker, child: TaskRef) -> Result<(), TaskRef> {
    // As above.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return Err(child);
    };
    if core.is_relieved() {
        return Err(child);
    }
    core.push_nested(child);
    // Its spawner runs here: this thread does not sleep.
    worker.scheduler.wake_another();
    Ok(())
}

/// As `push_last`, for the task that this worker has just polled.
#[inline]
pub(super) fn push_again(worker: &Worker, task: TaskRef) -> Result<(), TaskRef> {
    // As above.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return Err(task);
    };
    core.push_again(task, worker.scheduler);
    Ok(())
}

/// If this thread is a worker that waits with its core, because no other thread can take it:
/// delivers the driver's events, and moves its queued tasks to the injector.
pub(super) fn look_around(worker: &Worker) {
    if worker.core.borrow().is_some() {
        worker.scheduler.driver.poll_now();
    }
    if let Some(core) = worker.core.borrow_mut().as_mut() {
        core.open_slot();
        if core.remote.has_loot() {
            worker.scheduler.wake_a_worker();
        }
    }
}

thread_local! {
    static WORKER: std::cell::Cell<*const Worker> = const { std::cell::Cell::new(ptr::null()) };
}

/// Makes `worker` the current worker of the thread while `code` runs.
pub(super) fn enter(worker: &Worker, code: impl FnOnce()) {
    within(worker, || blocks::with_magazines(code));
}

/// The same, without memory of its own for vthreads.
pub(super) fn within<R>(worker: &Worker, code: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            WORKER.set(ptr::null());
        }
    }
    assert!(WORKER.get().is_null(), "a thread is one worker");
    WORKER.set(worker);
    let _leave = Leave;
    code()
}

/// Calls `code` with the worker that this thread is.
#[allow(unsafe_code)]
#[inline]
pub(super) fn with<R>(code: impl FnOnce(Option<&Worker>) -> R) -> R {
    // SAFETY: set by `enter` to a worker borrowed further out on this thread's stack.
    code(unsafe { WORKER.get().as_ref() })
}

#[cfg(all(test, not(loom)))]
#[path = "worker_tests.rs"]
mod tests;
