//! Polls, spawns, wakes and cancellations of tasks, recorded for the timeline.

use super::header::{Header, TaskRef};
use super::state::Activity;
use super::wait_reason::WaitReason;
use crate::trace::timeline::{self, Subject, What};

impl Header {
    fn subject(&self) -> Subject {
        Subject {
            id: self.id().number(),
            site: self.site,
            is_call: false,
        }
    }

    /// Records that the task was spawned, before it can run.
    #[cold]
    pub(super) fn record_spawn(&self) {
        let subject = self.subject();
        if let Some(name) = self.name() {
            timeline::name(subject.id, name);
        }
        timeline::record(What::Spawned(subject));
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
    /// Polls the task once, and records that.
    pub(crate) fn run_recorded(self) {
        let subject = self.header().subject();
        let since = timeline::now();
        let then = self.run_and(|header| match header.is_complete() {
            true => None,
            false => Some(words(header)),
        });
        timeline::record(What::Polled {
            subject,
            since,
            then,
        });
    }
}

/// What it waits for, after "waits". Another thread may be polling it already.
fn words(header: &Header) -> &'static str {
    match (header.vthread.wait_reason.get(), header.activity()) {
        (WaitReason::Unknown, Activity::Ready) => "for its turn",
        (wait_reason, _) => wait_reason.words(),
    }
}
