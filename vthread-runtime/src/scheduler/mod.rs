//! Runs tasks on a few OS threads. `README.md` beside this file describes how work is found and
//! posted, how workers sleep, and why no work is forgotten.

mod cadence;
mod core;
mod crowds;
mod idle;
pub(crate) mod parker;
mod queueing;

mod remote;
mod search;
mod thief;
mod waking;
mod worker;

mod bare_thread;
mod blocking_wait;
mod handoff;
mod monitor;
mod shortage;
pub(crate) mod threads;

pub(crate) use blocking_wait::{Given, Place, has_place, wait};
pub use monitor::StuckPoll;
pub(crate) use queueing::{
    ordered, schedule, schedule_again, schedule_all, schedule_joiner, schedule_last,
    schedule_nested,
};
pub(crate) use worker::Orders;

use self::core::Core;
use self::crowds::Crowds;
use self::handoff::Spares;
use self::idle::Idle;
use self::monitor::Monitor;
use self::parker::{Park, Parker};
use self::remote::{Remote, Seat};

use crate::task::header::TaskRef;
use crossbeam_deque::Injector;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The state that the workers share.
pub(crate) struct Scheduler {
    injector: Injector<TaskRef>,
    crowds: Crowds,
    seats: Box<[Seat]>,
    idle: Idle,
    parkers: Box<[Parker]>,
    spares: Spares,
    monitor: Monitor,
    driver: &'static dyn Park,
}

impl Scheduler {
    /// Makes a scheduler, and the cores that `start` will run.
    pub(crate) fn new(workers: usize, driver: &'static dyn Park) -> (Self, Cores) {
        let cores: Vec<_> = (0..workers)
            .map(|index| Box::new(Core::new(index)))
            .collect();
        let scheduler = Scheduler {
            injector: Injector::new(),
            crowds: Crowds::new(),
            seats: cores.iter().map(|core| Seat::new(core.remote)).collect(),
            idle: Idle::new(workers),
            parkers: (0..workers).map(|_| Parker::new()).collect(),
            spares: Spares::default(),
            monitor: Monitor::new(),
            driver,
        };
        (scheduler, Cores(cores))
    }

    /// Starts the workers.
    pub(crate) fn start(&'static self, cores: Cores) {
        let mut n_started = 0;
        for core in cores.0 {
            match self.provide_spare() {
                Ok(()) => {
                    n_started += 1;
                    self.give_to_spare(core);
                }
                Err(refused) if n_started == 0 => {
                    panic!("vthread cannot start: no OS thread for a worker: {refused}")
                }
                Err(refused) => {
                    threads::tell_of_refusal(&refused);
                    self.leave_to_chance(core);
                }
            }
        }
        self.start_monitor();
    }

    /// How many workers there are.
    pub(crate) fn workers(&self) -> usize {
        self.seats.len()
    }

    /// How many workers were relieved so far.
    pub(crate) fn n_relieved(&self) -> usize {
        self.monitor.n_relieved()
    }

    /// The unfinished polls whose workers were relieved.
    pub(crate) fn stuck(&self) -> Vec<StuckPoll> {
        self.monitor.stuck()
    }

    /// The longest of the polls whose workers were relieved.
    pub(crate) fn longest_stuck(&self) -> Option<StuckPoll> {
        self.monitor.longest()
    }

    /// How long each worker was awake so far, to about five milliseconds.
    pub(crate) fn busy(&self) -> Vec<Duration> {
        self.seats.iter().map(Seat::busy).collect()
    }

    /// What the workers have done so far.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts {
            queued: self.injector.len() + self.crowds.len(),
            ..Counts::default()
        };
        Remote::for_each(|remote| {
            counts.queued += remote.n_queued();
            counts.rounds += remote.rounds();
            counts.steals += remote.steals();
            counts.sleeps += remote.sleeps();
        });
        counts
    }

    /// How many blocking calls workers have made.
    pub(crate) fn pinned(&self) -> usize {
        self.spares.pinned.load(Ordering::Relaxed)
    }
}

/// What the workers have done so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Tasks that wait for a worker now.
    pub(crate) queued: usize,
    /// Polls, and looks for work.
    pub(crate) rounds: usize,
    /// How often a worker has taken tasks from another one.
    pub(crate) steals: usize,
    /// How often a worker has gone to sleep.
    pub(crate) sleeps: usize,
}

/// The cores of a scheduler that was not started.
pub(crate) struct Cores(#[allow(clippy::vec_box)] Vec<Box<Core>>); // Cores are handed about as boxes.

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheduler")
            .field("workers", &self.workers())
            .finish_non_exhaustive()
    }
}
