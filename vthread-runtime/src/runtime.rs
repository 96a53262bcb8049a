//! The composition root: the one process-wide runtime, made of the layers' parts. Only this file
//! may name every layer.

use crate::config;
use crate::driver::Set;
use crate::group::grace::GraceTimer;
use crate::scheduler::parker::Park;
use crate::scheduler::{Scheduler, StuckPoll};
use crate::task::header::TaskRef;
use std::sync::OnceLock;
use std::task::Waker;
use std::time::{Duration, Instant};

mod fork;

static SCHEDULER: OnceLock<&'static Scheduler> = OnceLock::new();

/// Starts the runtime if it is not running.
#[inline]
#[track_caller]
pub(crate) fn start() {
    fork::check();
    scheduler();
}

/// The scheduler of the process.
#[inline]
pub(crate) fn scheduler() -> &'static Scheduler {
    SCHEDULER.get_or_init(make)
}

/// A vthread has begun to wait for another: calls the watchdog.
#[cold]
pub(crate) fn watch() {
    if !cfg!(loom) {
        crate::inspect::watchdog::call();
    }
}

/// Queues a task that was woken or spawned. For `task`, which does not know the scheduler.
#[inline]
pub(crate) fn schedule(task: TaskRef) {
    crate::scheduler::schedule(task);
}

/// Queues a task behind all others.
#[inline]
pub(crate) fn schedule_last(task: TaskRef) {
    crate::scheduler::schedule_last(task);
}

/// Wakes `waker` once `after` is over, unless the returned timer is dropped before. For `group`,
/// which does not know the timers.
#[cold]
pub(crate) fn arm(after: Duration, waker: Waker) -> GraceTimer {
    let driver = crate::driver::get();
    let alarm = Box::pin(driver.alarm());
    match alarm.as_ref().set(Instant::now() + after, waker.clone()) {
        Set::Waiting => {}
        Set::EndTheWait => driver.unpark(),
        Set::Due => waker.wake(),
    }
    GraceTimer::new(alarm)
}

/// Rings all alarms that are due: a vthread has found that its deadline has passed before its alarm
/// has rung.
#[cold]
pub(crate) fn ring() {
    crate::driver::get().ring();
}

#[cold]
fn make() -> &'static Scheduler {
    let workers = config::settle_workers();
    fork::mark_children();
    crate::trace::panics::install();
    let driver: &'static dyn Park = crate::driver::get();
    let (scheduler, cores) = Scheduler::new(workers, driver);
    let scheduler: &'static Scheduler = Box::leak(Box::new(scheduler));
    scheduler.start(cores);
    scheduler
}

/// Figures of the runtime so far, returned by [`metrics`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Metrics {
    /// OS threads that run vthreads.
    pub workers: usize,
    /// Blocking calls made in plain code below a vthread. Each held an OS thread, which a spare
    /// replaced.
    pub pinned: usize,
    /// Deadlocks that were reported: see [`OnDeadlock`](crate::OnDeadlock).
    pub deadlocks: usize,
    /// Calls of [`blocking`](crate::blocking), and operations on files, that were cancelled after a
    /// helper thread had begun with them. They run to their end, and their results are dropped.
    pub abandoned: usize,
    /// How often a worker was relieved: a vthread had computed or blocked in one poll for more than
    /// 10 ms while others waited for its OS thread, and another thread went on with these.
    pub relieved: usize,
    /// Such polls that have not ended yet.
    pub stuck: Vec<StuckPoll>,
    /// The longest of such polls, ended or not.
    pub longest_stuck: Option<StuckPoll>,
    /// OS threads of the library: workers, spares, helpers.
    pub threads: usize,
    /// Helper threads that work.
    pub helpers_running: usize,
    /// Helper threads without work.
    pub helpers_idle: usize,
    /// Calls that wait for a helper thread.
    pub helpers_queued: usize,
}

/// Returns the figures of the runtime so far.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// assert!(vthread::metrics().workers > 0);
/// ```
pub fn metrics() -> Metrics {
    let scheduler = scheduler();
    let helpers = crate::driver::blocking::helpers();
    Metrics {
        workers: scheduler.workers(),
        pinned: scheduler.pinned(),
        deadlocks: crate::inspect::watchdog::n_reported(),
        abandoned: crate::driver::blocking::n_abandoned(),
        relieved: scheduler.n_relieved(),
        stuck: scheduler.stuck(),
        longest_stuck: scheduler.longest_stuck(),
        threads: crate::scheduler::threads::n_threads(),
        helpers_running: helpers.running,
        helpers_idle: helpers.idle,
        helpers_queued: helpers.queued,
    }
}
