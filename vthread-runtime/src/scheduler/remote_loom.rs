//! Relief under every schedule. Tasks are addresses that are never read; a list takes the place of
//! the deque.

use super::*;
use crate::primitive::{Arc, Mutex, thread};

struct World {
    hold: Hold,
    slot: Slot,
    deque: Mutex<Vec<TaskRef>>,
    injector: Mutex<Vec<TaskRef>>,
}

impl World {
    fn new() -> Arc<Self> {
        let world = World {
            hold: Hold::new(),
            slot: Slot::new(),
            deque: Mutex::new(Vec::new()),
            injector: Mutex::new(Vec::new()),
        };
        world.hold.take_up();
        Arc::new(world)
    }

    /// As `push_soon`.
    fn push(&self, number: usize) {
        let task = TaskRef::for_model(number);
        if self.hold.seen_by_owner() == Own::Relieved {
            self.injector.lock().push(task);
        } else if let Some(before) = self.slot.put(task) {
            self.deque.lock().push(before);
        }
    }

    /// As `push_last`.
    fn push_last(&self, number: usize) {
        let task = TaskRef::for_model(number);
        let queue = match self.hold.seen_by_owner() {
            Own::Relieved => &self.injector,
            _ => &self.deque,
        };
        queue.lock().push(task);
    }

    /// As `Remote::empty`, into the injector.
    fn empty(&self) {
        let task = self.slot.take();
        let tasks = std::mem::take(&mut *self.deque.lock());
        self.injector.lock().extend(tasks.into_iter().chain(task));
    }

    fn n_injected(&self) -> usize {
        self.injector.lock().len()
    }
}

/// A stuck thread wakes two vthreads and spawns one while it is relieved, and does not come back:
/// the monitor's sweeps find all.
#[test]
fn loom_relief_what_a_stuck_thread_wakes_is_found() {
    loom::model(|| {
        let world = World::new();
        let stuck = {
            let world = world.clone();
            thread::spawn(move || {
                world.push(1);
                world.push(2);
                world.push_last(3);
            })
        };
        assert!(world.hold.relieve());
        world.empty();
        stuck.join().unwrap();
        // The sweep after it.
        world.empty();
        assert_eq!(world.n_injected(), 3);
    });
}

/// A thread comes back while it is relieved and goes on for one more vthread; then it retires. No
/// task is lost or taken twice, and at every moment one thread has the seat.
#[test]
fn loom_relief_the_seat_has_one_owner() {
    loom::model(|| {
        let world = World::new();
        let worker = {
            let world = world.clone();
            thread::spawn(move || {
                world.push(1);
                let mut n_run = 0;
                loop {
                    if world.hold.is_called() && world.hold.answer() == Call::Relieved {
                        break;
                    }
                    if world.slot.take().is_some() {
                        n_run += 1;
                        continue;
                    }
                    if world.hold.leave() {
                        // It would sleep: the seat stays its own.
                        return n_run;
                    }
                }
                world.empty();
                world.hold.retire();
                n_run
            })
        };
        let is_relieved = world.hold.relieve();
        if is_relieved {
            world.empty();
        } else {
            assert!(!world.hold.is_held());
        }
        let n_run = worker.join().unwrap();
        assert_eq!(n_run + world.n_injected(), 1);
        assert_eq!(world.hold.seen_by_owner(), Own::Asleep);
    });
}

/// A thread is asked and relieved at the same time, or leaves: a request never hides a relief.
#[test]
fn loom_relief_a_question_hides_nothing() {
    loom::model(|| {
        let world = World::new();
        let monitor = {
            let world = world.clone();
            thread::spawn(move || {
                world.hold.ask();
                world.hold.relieve()
            })
        };
        let mut knows = false;
        if world.hold.is_called() {
            knows = world.hold.answer() == Call::Relieved;
        }
        let is_away = !knows && world.hold.leave();
        let is_relieved = monitor.join().unwrap();
        assert_eq!(is_relieved, !is_away);
        assert_eq!(is_relieved, world.hold.seen_by_owner() == Own::Relieved);
    });
}
