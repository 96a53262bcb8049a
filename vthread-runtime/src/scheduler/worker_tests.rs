//! Where the tasks of a worker's thread go.

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

/// No other thread looks into its queues, except the monitor, which may sleep for a second.
type Push = fn(&Worker, TaskRef) -> Result<(), TaskRef>;

#[test]
fn a_relieved_thread_queues_neither_what_it_wakes_nor_what_it_spawns() {
    let (scheduler, mut cores) = Scheduler::new(1, &NoDriver);
    let core = cores.0.pop().expect("one for the worker");
    let remote = core.remote;
    remote.hold.take_up();
    let worker = Worker {
        scheduler: Box::leak(Box::new(scheduler)),
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
