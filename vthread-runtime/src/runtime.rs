//! The composition root: the one process-wide runtime, made of the layers' parts. Only this file
//! may name every layer.

use crate::base::clock;
use crate::config;
use crate::driver::{Alarm, Set};
use crate::group::grace::GraceTimer;
use crate::scheduler::Scheduler;
use crate::scheduler::parker::Park;
use crate::task::header::TaskRef;
use std::sync::OnceLock;
use std::task::Waker;
use std::time::Duration;

mod at_exit;
mod fork;
mod metrics;

pub use metrics::{Metrics, metrics};

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

/// Queues tasks that were woken at once.
#[inline]
pub(crate) fn schedule_all(tasks: Vec<TaskRef>) {
    crate::scheduler::schedule_all(tasks);
}

/// Queues a task that was woken, and that waits for one of many after the other.
#[inline]
pub(crate) fn schedule_joiner(task: TaskRef) {
    crate::scheduler::schedule_joiner(task);
}

/// Queues a new task whose spawner is new itself: before those that were spawned earlier.
#[inline]
pub(crate) fn schedule_nested(task: TaskRef) {
    crate::scheduler::schedule_nested(task);
}

/// Queues a task behind all others.
#[inline]
pub(crate) fn schedule_last(task: TaskRef) {
    crate::scheduler::schedule_last(task);
}

/// Queues a task behind all others that this thread has just polled: it has yielded.
#[inline]
pub(crate) fn schedule_again(task: TaskRef) {
    crate::scheduler::schedule_again(task);
}

/// Wakes `waker` once `after` is over, unless the returned timer is dropped before. For `group`,
/// which does not know the timers.
#[cold]
pub(crate) fn arm(after: Duration, waker: Waker) -> GraceTimer {
    let alarm = Box::pin(Alarm::new(None));
    match alarm.as_ref().set(clock::now() + after, waker.clone()) {
        Set::Waiting => {}
        Set::EndTheWait => crate::driver::get().unpark(),
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
    config::settle_tokio();
    fork::mark_children();
    crate::trace::panics::install(crate::group::lineage::describe_current);
    if crate::inspect::timeline::follow_configuration() {
        at_exit::call(crate::inspect::timeline::write);
    }
    let driver: &'static dyn Park = crate::driver::get();
    let (scheduler, cores) = Scheduler::new(workers, driver);
    let scheduler: &'static Scheduler = Box::leak(Box::new(scheduler));
    scheduler.start(cores);
    crate::signal::dump_on::follow_environment();
    crate::console::follow_configuration(|| metrics().to_prometheus());
    scheduler
}
