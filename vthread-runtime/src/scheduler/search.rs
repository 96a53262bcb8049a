//! Where a worker that has no work of its own looks for some, in which order, and how long.

use super::Scheduler;
use super::core::Core;
use super::crowds::{LARGE, PORTION};
use super::thief;
use super::worker::Worker;
use crate::task::header::TaskRef;
use crate::trace::timeline::{self, What};
use crossbeam_deque::{Steal, Stealer, Worker as Deque};
use std::time::Instant;

impl Worker {
    /// Looks for work elsewhere.
    pub(super) fn search(&self, core: &mut Core) -> Option<TaskRef> {
        core.has_searched = true;
        if !core.searching {
            core.searching = self.scheduler.idle.start_searching();
            if !core.searching {
                return self.scheduler.take_injected(core);
            }
        }
        if let Some(task) = self.scheduler.take_of_crowd(core, PORTION) {
            return Some(task);
        }
        if let Some(task) = self.wait_to_steal(core) {
            return Some(task);
        }
        let seats = &self.scheduler.seats;
        let first = core.random_below(seats.len());
        for offset in 0..seats.len() {
            let victim = (first + offset) % seats.len();
            if victim == core.index {
                continue;
            }
            let remote = seats[victim].remote();
            // The oldest children have the most below them, in a recursion.
            let task = match steal(&remote.nested, &core.nested) {
                Some(child) => {
                    core.note_nested();
                    Some(child)
                }
                None => steal(&remote.stealer, &core.deque),
            };
            if task.is_some() {
                core.remote.note_steal();
                core.thief.has_stolen(Instant::now(), core.remote.rounds());
                if timeline::is_on() {
                    timeline::record(What::Stole);
                }
                return task;
            }
        }
        self.scheduler.take_injected(core)
    }

    /// Waits until the next portion of a crowd is this worker's turn, or there is something else to
    /// do. It counts as a searcher meanwhile.
    pub(super) fn wait_for_crowd(&self, core: &mut Core) -> Option<TaskRef> {
        if !core.searching || self.scheduler.crowds.is_empty() {
            return None;
        }
        let start = Instant::now();
        while start.elapsed() < thief::TURN && !core.remote.hold.is_called() {
            let is_open = self.scheduler.crowds.are_open_to(core.index);
            if is_open || self.scheduler.crowds.is_empty() || !self.scheduler.injector.is_empty() {
                return self.scheduler.take_injected(core);
            }
            std::hint::spin_loop();
        }
        None
    }

    /// Waits before the next theft, if the last one did not pay. It counts as a searcher meanwhile.
    fn wait_to_steal(&self, core: &mut Core) -> Option<TaskRef> {
        let start = Instant::now();
        let pause = core.thief.judge(start, core.remote.rounds());
        if pause.is_zero() {
            return None;
        }
        let crowds = &self.scheduler.crowds;
        while start.elapsed() < pause && !core.remote.hold.is_called() {
            let is_open = !crowds.is_empty() && crowds.are_open_to(core.index);
            if is_open || !self.scheduler.injector.is_empty() {
                return self.scheduler.take_injected(core);
            }
            std::hint::spin_loop();
        }
        None
    }

    /// Waits for work for a moment, where that has paid before. Meanwhile it counts as a searcher,
    /// so that who posts work wakes no other.
    pub(super) fn look_out(&self, core: &mut Core) -> Option<TaskRef> {
        if !core.searching || !core.thief.looks_out() {
            return None;
        }
        for _ in 0..thief::LOOKS {
            std::hint::spin_loop();
            if core.remote.hold.is_called() || !self.scheduler.crowds.is_empty() {
                break;
            }
            if self.scheduler.has_work()
                && let Some(task) = self.search(core)
            {
                return Some(task);
            }
        }
        core.thief.looked_in_vain();
        None
    }
}

/// A task from another core, and a batch of others for a queue of this one.
fn steal(from: &Stealer<TaskRef>, to: &Deque<TaskRef>) -> Option<TaskRef> {
    loop {
        match from.steal_batch_and_pop(to) {
            Steal::Success(task) => return Some(task),
            Steal::Empty => return None,
            Steal::Retry => {}
        }
    }
}

impl Scheduler {
    /// A task from the injector, and a batch of others for the core's own queue.
    pub(super) fn take_injected(&self, core: &mut Core) -> Option<TaskRef> {
        loop {
            match self.injector.steal_batch_and_pop(&core.deque) {
                Steal::Success(task) => return Some(task),
                Steal::Empty => return self.take_of_crowd(core, PORTION),
                Steal::Retry => {}
            }
        }
    }

    /// For a worker that looks around: where it always has other tasks, `search` does not bring it
    /// to the crowds, and the injector may be filled at each look.
    pub(super) fn queue_of_crowd(&self, core: &mut Core) {
        let is_busy = !std::mem::take(&mut core.has_searched);
        if is_busy && let Some(task) = self.take_of_crowd(core, LARGE) {
            core.deque.push(task);
            self.wake_a_worker();
        }
    }

    /// A task of a crowd, and others, `n` together, for the core's own queue.
    fn take_of_crowd(&self, core: &mut Core, n: usize) -> Option<TaskRef> {
        self.crowds
            .take(n, core.index, |task| core.deque.push(task))
    }
}
