//! Which work is there for a worker that has none, and how a worker is woken for it.

use super::Scheduler;
use super::remote::Seat;

impl Scheduler {
    pub(super) fn has_work(&self) -> bool {
        let has_work = |seat: &Seat| seat.remote().has_loot();
        self.has_injected() || self.seats.iter().any(has_work)
    }

    /// Whether there is work that no worker has.
    pub(super) fn has_injected(&self) -> bool {
        !self.injector.is_empty() || !self.crowds.is_empty()
    }

    #[inline]
    pub(super) fn wake_a_worker(&self) {
        if let Some(worker) = self.idle.worker_to_wake() {
            self.parkers[worker].unpark(self.driver);
        }
    }

    /// As `wake_a_worker`, called by a worker that is awake: none sleeps if it is the only one.
    #[inline]
    pub(super) fn wake_another(&self) {
        if self.seats.len() > 1 {
            self.wake_a_worker();
        }
    }
}
