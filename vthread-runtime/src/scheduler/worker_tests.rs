//! Where the tasks of a worker's thread go.

use super::super::crowds::{LARGE, PORTION};
use super::super::parker::Park;
use super::*;

struct NoDriver;

impl Park for NoDriver {
    fn park(&self) -> bool {
        false
    }
    fn poll_now(&self) -> bool {
        false
    }
    fn is_waited_in(&self) -> bool {
        false
    }
    fn n_turns(&self) -> usize {
        0
    }
    fn unpark(&self) {}
}

/// A worker and its core, which no thread runs.
fn idle_worker() -> (&'static Scheduler, Box<Core>) {
    let (scheduler, mut cores) = Scheduler::new(1, &NoDriver);
    let core = cores.0.pop().expect("one for the worker");
    (Box::leak(Box::new(scheduler)), core)
}

/// No other thread looks into its queues, except the monitor, which may sleep for a second.
type Push = fn(&Worker, TaskRef) -> Result<(), TaskRef>;

#[test]
fn a_relieved_thread_queues_neither_what_it_wakes_nor_what_it_spawns() {
    let (scheduler, core) = idle_worker();
    let remote = core.remote;
    remote.hold.take_up();
    let worker = Worker {
        scheduler,
        core: RefCell::new(Some(core)),
        orders: None,
    };
    let ways: [Push; 3] = [push_soon, push_last, push_nested];
    for push in ways {
        assert!(push(&worker, TaskRef::for_model(16)).is_ok());
    }
    assert_eq!(remote.n_queued(), 3);
    assert!(remote.hold.relieve());
    for push in ways {
        assert!(push(&worker, TaskRef::for_model(16)).is_err());
    }
    assert_eq!(remote.n_queued(), 3);
    // They count in the metrics of the process.
    remote.empty(|_| ());
}

#[test]
fn a_busy_worker_takes_more_of_a_crowd_at_once() {
    let (scheduler, core) = idle_worker();
    let (remote, seat) = (core.remote, Some(core.index));
    remote.hold.take_up();
    let worker = Worker {
        scheduler,
        core: RefCell::new(Some(core)),
        orders: None,
    };
    let crowd = |n: usize| (1..n + 1).map(TaskRef::for_model).collect();
    scheduler.crowds.push(crowd(PORTION), seat);
    scheduler.crowds.push(crowd(LARGE), seat);
    {
        let mut core = worker.core.borrow_mut();
        let core = core.as_mut().expect("it was not relieved");
        assert!(scheduler.take_injected(core).is_some());
        assert_eq!(core.deque.len(), PORTION - 1);
        core.has_searched = false;
    }
    // It has a few others to run, and has not been without since the last look.
    assert!(matches!(worker.look_around(), Around::Nothing));
    assert!(scheduler.crowds.is_empty());
    // They count in the metrics of the process.
    remote.empty(|_| ());
}
