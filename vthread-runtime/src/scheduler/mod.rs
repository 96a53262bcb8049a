//! Runs tasks on a few kernel threads. `README.md` beside this file tells how work is found and
//! posted, how workers sleep, and why no work is forgotten.

mod idle;
pub(crate) mod park;
mod parker;

mod worker;

mod handoff;

pub(crate) use handoff::hand_off;

use self::handoff::Spares;
use self::idle::Idle;
use self::park::Park;
use self::parker::Parker;
use self::worker::Core;
use crate::task::header::TaskRef;
use crossbeam_deque::{Injector, Stealer};
use std::sync::atomic::Ordering;

/// What the workers share.
pub(crate) struct Scheduler {
    injector: Injector<TaskRef>,
    stealers: Box<[Stealer<TaskRef>]>,
    idle: Idle,
    parkers: Box<[Parker]>,
    spares: Spares,
    driver: &'static dyn Park,
}

impl Scheduler {
    /// A scheduler and the cores that `start` will run.
    pub(crate) fn new(workers: usize, driver: &'static dyn Park) -> (Self, Cores) {
        let cores: Vec<_> = (0..workers)
            .map(|index| Box::new(Core::new(index)))
            .collect();
        let scheduler = Scheduler {
            injector: Injector::new(),
            stealers: cores.iter().map(|core| core.stealer()).collect(),
            idle: Idle::new(workers),
            parkers: (0..workers).map(|_| Parker::new()).collect(),
            spares: Spares::default(),
            driver,
        };
        (scheduler, Cores(cores))
    }

    /// Starts the workers.
    pub(crate) fn start(&'static self, cores: Cores) {
        for core in cores.0 {
            self.give_to_spare(core);
        }
    }

    /// How many workers there are.
    pub(crate) fn workers(&self) -> usize {
        self.stealers.len()
    }

    /// How many blocking calls were made by workers.
    pub(crate) fn pinned(&self) -> usize {
        self.spares.pinned.load(Ordering::Relaxed)
    }
}

/// The cores of a scheduler that was not started.
pub(crate) struct Cores(#[allow(clippy::vec_box)] Vec<Box<Core>>); // Cores are handed about as boxes.

/// Queues a task that was woken or made: it runs soon, on this worker if it is one.
pub(crate) fn schedule(task: TaskRef) {
    schedule_at(task, false);
}

/// Queues a task behind all others of this worker: it has had its turn.
pub(crate) fn schedule_last(task: TaskRef) {
    schedule_at(task, true);
}

#[inline]
fn schedule_at(task: TaskRef, last: bool) {
    let not_taken = worker::with(|worker| match worker {
        Some(worker) => worker::push_local(worker, task, last),
        None => Err(task),
    });
    if let Err(task) = not_taken {
        let scheduler = crate::runtime::scheduler();
        scheduler.injector.push(task);
        scheduler.wake_a_worker();
    }
}

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheduler")
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}
