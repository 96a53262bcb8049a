//! Compensation: a thread that is about to block in a plain frame hands its core to another, so
//! that the vthreads queued with it go on. Always correct, at the price of an OS thread.

use super::Scheduler;
use super::core::Core;
use super::remote::Remote;
use super::threads::{self, Refused};
use super::worker::{self, Worker};
use crate::trace;
use parking_lot::{Condvar, Mutex};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long a thread without a core waits for one before it ends.
const PATIENCE: Duration = Duration::from_secs(10);

/// Threads without a core, and cores without a thread.
#[derive(Debug, Default)]
pub(super) struct Spares {
    state: Mutex<SparesState>,
    condvar: Condvar,
    /// Blocking calls made by workers since the start.
    pub(super) pinned: AtomicUsize,
}

#[derive(Debug, Default)]
struct SparesState {
    /// Threads that wait for a core, or are about to.
    waiting: usize,
    /// Cores that will be given away, each to one of these threads.
    promised: usize,
    cores: VecDeque<Box<Core>>,
}

/// What became of the core of a thread that is about to block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandedOff {
    /// The thread had none.
    WasPlain,
    /// Another thread has it. This is a plain thread now, until the task that it runs returns.
    Done,
    /// No other thread can be had; the core stays here.
    Refused,
}

/// If this thread is a worker, gives its core away.
pub(super) fn hand_off() -> HandedOff {
    worker::with(|worker| {
        let Some(worker) = worker else {
            return HandedOff::WasPlain;
        };
        let scheduler = worker.scheduler;
        if worker.core.borrow().is_none() {
            return HandedOff::WasPlain;
        }
        if let Err(refused) = scheduler.provide_spare() {
            threads::tell_of_refusal(&refused);
            return HandedOff::Refused;
        }
        // A deque has one owner: from here on this thread does not use it any more.
        let Some(mut core) = worker.core.take() else {
            return HandedOff::WasPlain;
        };
        scheduler.spares.pinned.fetch_add(1, Ordering::Relaxed);
        // A foreign waker may bring a sleeping thread here. It has left the seat already.
        if !core.is_asleep() && !core.remote.hold.leave() {
            // The thread was relieved.
            scheduler.forgo_spare();
            scheduler.retire(core);
            return HandedOff::Done;
        }
        core.open_slot();
        // A foreign waker may block the thread that delivers the events.
        if core.rise(scheduler) {
            scheduler.parkers[core.index].reset();
        }
        scheduler.give_to_spare(core);
        HandedOff::Done
    })
}

impl Scheduler {
    /// Makes sure that there is a thread for a core that is given away next.
    ///
    /// # Errors
    /// There is no such thread, and none can be started.
    pub(super) fn provide_spare(&'static self) -> Result<(), Refused> {
        let mut state = self.spares.state.lock();
        state.promised += 1;
        if state.waiting >= state.cores.len() + state.promised {
            return Ok(());
        }
        // It counts as waiting from here on.
        state.waiting += 1;
        drop(state);
        let started = threads::start(&threads::numbered("worker"), || self.thread_main());
        if started.is_err() {
            let mut state = self.spares.state.lock();
            state.waiting -= 1;
            state.promised -= 1;
        }
        started
    }

    /// Takes back a call of `provide_spare`: no core is given away after all.
    pub(super) fn forgo_spare(&self) {
        self.spares.state.lock().promised -= 1;
    }

    /// Gives `core` to the thread that was provided.
    pub(super) fn give_to_spare(&self, core: Box<Core>) {
        let mut state = self.spares.state.lock();
        state.promised -= 1;
        state.cores.push_back(core);
        drop(state);
        self.spares.condvar.notify_one();
    }

    /// Leaves `core` to the first thread that becomes free.
    pub(super) fn leave_to_chance(&self, core: Box<Core>) {
        self.spares.state.lock().cores.push_back(core);
    }

    /// The main function of a worker's thread: runs a core, then waits for another.
    fn thread_main(&'static self) {
        let worker = Worker {
            scheduler: self,
            core: RefCell::new(None),
            orders: None,
        };
        worker::enter(&worker, || {
            let mut core = self.wait_for_core();
            while let Some(mut next) = core {
                next.remote.hold.take_up();
                self.monitor.call();
                let relieves = next.relieves.take();
                worker.core.replace(Some(next));
                if let Some(poll) = relieves {
                    trace::relieved(poll.spawned_at, poll.lasted);
                }
                worker.run();
                self.spares.state.lock().waiting += 1;
                core = self.wait_for_core();
            }
        });
    }

    /// The caller is counted as waiting already.
    fn wait_for_core(&self) -> Option<Box<Core>> {
        let mut state = self.spares.state.lock();
        loop {
            if let Some(core) = state.cores.pop_front() {
                state.waiting -= 1;
                return Some(core);
            }
            let wait = self.spares.condvar.wait_for(&mut state, PATIENCE);
            if wait.timed_out() && state.cores.is_empty() && state.waiting > state.promised {
                state.waiting -= 1;
                return None;
            }
        }
    }

    /// Empties the core of a relieved thread, and keeps it for the next relief.
    pub(super) fn retire(&self, mut core: Box<Core>) {
        if std::mem::take(&mut core.searching) {
            // Another worker may have to search in its place, as below.
            let _ = self.idle.stop_searching();
        }
        self.empty(core.remote);
        self.wake_a_worker();
        self.monitor.came_back(core);
    }

    /// Moves the tasks queued at a core to the injector, where every worker finds them.
    pub(super) fn empty(&self, remote: &Remote) {
        if remote.empty(|task| self.injector.push(task)) {
            self.wake_a_worker();
        }
    }
}
