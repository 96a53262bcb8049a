//! Polls, spawns, wakes and cancellations of tasks, recorded for the timeline.

use super::header::{Header, TaskRef};
use super::state::Activity;
use super::wait_reason::WaitReason;
use crate::trace::timeline::{self, Stamp, Subject, What, Who};
use std::ptr;

impl Header {
    #[inline]
    fn subject(&self) -> Subject {
        let who = match self.name() {
            None => Who::At(ptr::from_ref(self).addr()),
            Some(_) => Who::Named(self.id().number()),
        };
        Subject {
            who,
            site: self.site(),
        }
    }

    /// Records that the task was spawned, before it can run.
    #[cold]
    pub(super) fn record_spawn(&self) {
        if let Some(name) = self.name() {
            timeline::name(self.id().number(), name);
        }
        timeline::record(What::Spawned(self.subject()));
    }

    /// Records that it was woken, before it can run.
    #[cold]
    pub(super) fn record_wake(&self) {
        timeline::record(What::Woken(self.subject()));
    }

    /// Records that it was cancelled.
    #[cold]
    pub(crate) fn record_cancellation(&self) {
        timeline::record(What::Cancelled(self.subject()));
    }
}

impl TaskRef {
    /// Polls the task once, and records that: since the time given, until the one returned.
    pub(crate) fn run_recorded(self, since: Stamp) -> Stamp {
        let subject = self.header().subject();
        let (then, until) = self.run_and(|header| {
            let then = match header.is_complete() {
                true => None,
                false => Some(what_then(header) as u8),
            };
            // Before another vthread can have its address.
            (then, timeline::now())
        });
        let polled = What::Polled {
            subject,
            since,
            then,
        };
        timeline::record_at(until, polled);
        until
    }
}

/// What it waits for. Another thread may be polling it already.
fn what_then(header: &Header) -> WaitReason {
    match (header.vthread.wait_reason.get(), header.activity()) {
        (WaitReason::Unknown, Activity::Ready) => WaitReason::Queued,
        (wait_reason, _) => wait_reason,
    }
}
