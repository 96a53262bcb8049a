//! A worker: a kernel thread that runs tasks as long as it holds a core.
//!
//! A *core* is what makes a thread a worker: a local queue, the slot of the just-woken, a place in
//! the sleep protocol. It moves to another thread when a vthread blocks its own (`handoff.rs`).

use super::Scheduler;
use crate::task::header::TaskRef;
use crossbeam_deque::{Steal, Stealer, Worker as Deque};
use std::cell::RefCell;
use std::ptr;

/// Every so many tasks a worker looks at the injector and at the driver before its own queue.
const LOOK_AROUND: u32 = 61;
/// How many tasks in a row may come from the slot of the just-woken.
const SLOT_STREAK: u32 = 3;

/// What a thread needs to be a worker. There are as many as there are workers, and each is owned
/// by one thread.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) index: usize,
    deque: Deque<TaskRef>,
    /// The task woken last: it runs next, its data is warm. Not stealable.
    slot: Option<TaskRef>,
    streak: u32,
    tick: u32,
    searching: bool,
    /// The thread sleeps: what is queued meanwhile are events, which it sees as it returns.
    asleep: bool,
    random: u32,
}

impl Core {
    pub(super) fn new(index: usize) -> Self {
        Core {
            index,
            deque: Deque::new_fifo(),
            slot: None,
            streak: 0,
            tick: 0,
            searching: false,
            asleep: false,
            random: 0x9E37_79B9 ^ (index as u32 + 1).wrapping_mul(0x85EB_CA6B),
        }
    }

    pub(super) fn stealer(&self) -> Stealer<TaskRef> {
        self.deque.stealer()
    }

    /// Queues a task that was woken or made. True: there is now something to steal.
    #[inline]
    fn push(&mut self, task: TaskRef) -> bool {
        match self.slot.replace(task) {
            Some(before) => {
                self.deque.push(before);
                true
            }
            None => false,
        }
    }

    #[inline]
    fn next_local(&mut self) -> Option<TaskRef> {
        if self.slot.is_some() && self.streak < SLOT_STREAK {
            self.streak += 1;
            return self.slot.take();
        }
        self.streak = 0;
        if let Some(task) = self.slot.take() {
            self.deque.push(task);
        }
        self.deque.pop()
    }

    /// True once in a while: time to look at the injector and the driver.
    #[inline]
    fn count_tick(&mut self) -> bool {
        self.tick = self.tick.wrapping_add(1);
        self.tick.is_multiple_of(LOOK_AROUND)
    }

    /// Ends the sleep of the thread that holds the core, as far as the others are concerned. False if
    /// it was awake.
    pub(super) fn rise(&mut self, scheduler: &Scheduler) -> bool {
        let was_asleep = std::mem::take(&mut self.asleep);
        if was_asleep && !scheduler.idle.wake_by_itself(self.index) {
            // A poster came at the same time, and counts on a search.
            self.searching = true;
        }
        was_asleep
    }

    /// Makes everything stealable, before the core changes hands.
    pub(super) fn open_slot(&mut self) {
        if let Some(task) = self.slot.take() {
            self.deque.push(task);
        }
    }

    /// A pseudo-random number below `n`: xorshift, to begin stealing at different places.
    fn random_below(&mut self, n: usize) -> usize {
        let mut x = self.random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.random = x;
        x as usize % n
    }
}

/// A thread that is, or was, a worker.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) scheduler: &'static Scheduler,
    /// Taken while the thread is blocked in a plain frame.
    pub(super) core: RefCell<Option<Box<Core>>>,
}

impl Worker {
    /// Runs tasks until the core is handed to another thread.
    pub(super) fn run(&self) {
        loop {
            let Some(task) = self.next_task() else {
                return;
            };
            task.run();
            if self.core.borrow().is_none() {
                return;
            }
        }
    }

    /// The next task, after a sleep if need be. `None`: the core is gone.
    #[inline]
    fn next_task(&self) -> Option<TaskRef> {
        loop {
            let looks_around = self.core.borrow_mut().as_mut()?.count_tick();
            if looks_around {
                // Wakes push into this worker's queue, so the core is not borrowed here.
                self.scheduler.driver.poll_now();
            }
            if let Some(task) = self.find_task(looks_around) {
                return Some(task);
            }
            self.sleep();
        }
    }

    #[inline]
    fn find_task(&self, injector_first: bool) -> Option<TaskRef> {
        let mut core = self.core.borrow_mut();
        let core = core.as_mut()?;
        let first = injector_first
            .then(|| self.scheduler.take_injected(core))
            .flatten();
        let task = first
            .or_else(|| core.next_local())
            .or_else(|| self.search(core))?;
        if std::mem::take(&mut core.searching) && self.scheduler.idle.stop_searching() {
            self.scheduler.wake_a_worker();
        }
        Some(task)
    }

    /// Looks for work elsewhere.
    fn search(&self, core: &mut Core) -> Option<TaskRef> {
        if !core.searching {
            core.searching = self.scheduler.idle.start_searching();
            if !core.searching {
                return self.scheduler.take_injected(core);
            }
        }
        let stealers = &self.scheduler.stealers;
        let first = core.random_below(stealers.len());
        for offset in 0..stealers.len() {
            let victim = (first + offset) % stealers.len();
            if victim == core.index {
                continue;
            }
            loop {
                match stealers[victim].steal_batch_and_pop(&core.deque) {
                    Steal::Success(task) => return Some(task),
                    Steal::Empty => break,
                    Steal::Retry => {}
                }
            }
        }
        self.scheduler.take_injected(core)
    }

    /// Sleeps until there is work. Events that this thread waits for itself are queued here.
    fn sleep(&self) {
        let scheduler = self.scheduler;
        let index = {
            let mut core = self.core.borrow_mut();
            let Some(core) = core.as_mut() else { return };
            let searching = std::mem::take(&mut core.searching);
            core.asleep = true;
            scheduler.idle.sleep(core.index, searching);
            if scheduler.has_work() {
                scheduler.wake_a_worker();
            }
            core.index
        };
        loop {
            scheduler.parkers[index].park(scheduler.driver, || self.core.borrow().is_some());
            let mut core = self.core.borrow_mut();
            // A waker that blocked has handed the core off.
            let Some(core) = core.as_mut() else { return };
            if core.slot.is_some() || !core.deque.is_empty() {
                // An event.
                core.rise(scheduler);
                if !core.deque.is_empty() {
                    scheduler.wake_a_worker();
                }
                return;
            }
            if !scheduler.idle.is_asleep(index) {
                core.rise(scheduler);
                return;
            }
        }
    }
}

impl Scheduler {
    /// A task from the injector, and a share of the others for the core's own queue.
    fn take_injected(&self, core: &mut Core) -> Option<TaskRef> {
        loop {
            match self.injector.steal_batch_and_pop(&core.deque) {
                Steal::Success(task) => return Some(task),
                Steal::Empty => return None,
                Steal::Retry => {}
            }
        }
    }

    fn has_work(&self) -> bool {
        !self.injector.is_empty() || self.stealers.iter().any(|stealer| !stealer.is_empty())
    }

    #[inline]
    pub(super) fn wake_a_worker(&self) {
        if let Some(worker) = self.idle.worker_to_wake() {
            self.parkers[worker].unpark(self.driver);
        }
    }
}

/// Queues `task` with this worker, or gives it back if the thread has no core (now).
#[inline]
pub(super) fn push_local(worker: &Worker, task: TaskRef, last: bool) -> Result<(), TaskRef> {
    // Queues are not touched while user code runs, so the cell is free here.
    let mut core = worker.core.borrow_mut();
    let Some(core) = core.as_mut() else {
        return Err(task);
    };
    let stealable = if last {
        core.deque.push(task);
        true
    } else {
        core.push(task)
    };
    if stealable && !core.asleep {
        worker.scheduler.wake_a_worker();
    }
    Ok(())
}

thread_local! {
    static WORKER: std::cell::Cell<*const Worker> = const { std::cell::Cell::new(ptr::null()) };
}

/// Makes `worker` the thread's own while `code` runs.
pub(super) fn enter(worker: &Worker, code: impl FnOnce()) {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            WORKER.set(ptr::null());
        }
    }
    WORKER.set(worker);
    let _leave = Leave;
    code();
}

/// Calls `code` with the worker that this thread is.
#[allow(unsafe_code)]
#[inline]
pub(super) fn with<R>(code: impl FnOnce(Option<&Worker>) -> R) -> R {
    // SAFETY: set by `enter` to a worker borrowed further out on this thread's stack.
    code(unsafe { WORKER.get().as_ref() })
}
