//! Compensation: a thread that is about to block in a plain frame hands its core to another, so
//! that the vthreads queued with it go on. Correct always, at the price of a kernel thread.

use super::Scheduler;
use super::worker::{self, Core, Worker};
use parking_lot::{Condvar, Mutex};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How long a thread without a core waits for another before it ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// Threads that have lost their core, and cores that look for a thread.
#[derive(Debug, Default)]
pub(super) struct Spares {
    state: Mutex<SparesState>,
    condvar: Condvar,
    /// Blocking calls made by workers since the start.
    pub(super) pinned: AtomicUsize,
}

#[derive(Debug, Default)]
struct SparesState {
    waiting: usize,
    cores: VecDeque<Box<Core>>,
}

/// If this thread is a worker, gives its core away. It is a plain thread afterwards, until the
/// task that it runs returns. Says whether it was one.
pub(crate) fn hand_off() -> bool {
    worker::with(|worker| {
        let Some(worker) = worker else { return false };
        // A deque has one owner: from here on this thread does not reach it any more.
        let Some(mut core) = worker.core.take() else {
            return false;
        };
        core.open_slot();
        // A foreign waker may block the thread that brings the news.
        if core.rise(worker.scheduler) {
            worker.scheduler.parkers[core.index].reset();
        }
        worker
            .scheduler
            .spares
            .pinned
            .fetch_add(1, Ordering::Relaxed);
        worker.scheduler.give_to_spare(core);
        true
    })
}

impl Scheduler {
    /// Has some thread go on with `core`.
    pub(super) fn give_to_spare(&'static self, core: Box<Core>) {
        let mut state = self.spares.state.lock();
        state.cores.push_back(core);
        if state.waiting >= state.cores.len() {
            self.spares.condvar.notify_one();
            return;
        }
        drop(state);
        let spawned = thread::Builder::new()
            .name("vthread-worker".into())
            .spawn(move || self.thread_main());
        if let Err(error) = spawned {
            self.no_thread(&error);
        }
    }

    /// Without a thread for a core, its tasks must not wait for ever: whichever worker is left
    /// takes them when it next looks around; with none left there is nothing to be done.
    fn no_thread(&self, error: &std::io::Error) {
        eprintln!(
            "vthread: no kernel thread can be started to replace one that is blocked ({error}); \
             work goes on when a blocked call returns"
        );
    }

    /// A worker's thread: runs a core, then waits for another.
    pub(super) fn thread_main(&'static self) {
        let worker = Worker {
            scheduler: self,
            core: RefCell::new(None),
        };
        worker::enter(&worker, || {
            while let Some(core) = self.wait_for_core() {
                worker.core.replace(Some(core));
                worker.run();
            }
        });
    }

    fn wait_for_core(&self) -> Option<Box<Core>> {
        let mut state = self.spares.state.lock();
        loop {
            if let Some(core) = state.cores.pop_front() {
                return Some(core);
            }
            state.waiting += 1;
            let timed_out = self
                .spares
                .condvar
                .wait_for(&mut state, PATIENCE)
                .timed_out();
            state.waiting -= 1;
            if timed_out && state.cores.is_empty() {
                return None;
            }
        }
    }
}
