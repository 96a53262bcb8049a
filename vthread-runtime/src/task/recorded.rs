//! Polls, spawns, wakes and cancellations of tasks, recorded for the timeline.

use super::header::{Header, TaskRef};
use crate::trace::timeline::{self, Subject, Then, What, Who};
use std::ptr;

impl Header {
    #[inline(always)] // In three places, each of which is hot while a timeline is recorded.
    fn subject(&self) -> Subject {
        match self.site_if_nameless() {
            Some(site) => Subject {
                who: Who::At(ptr::from_ref(self).addr()),
                site,
            },
            None => self.named_subject(),
        }
    }

    #[inline(never)]
    fn named_subject(&self) -> Subject {
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
        let subject = self.subject();
        if let Who::Named(number) = subject.who
            && let Some(name) = self.name()
        {
            timeline::name(number, name);
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
    /// Polls the task once, and records that. Takes and returns what a vthread does after its poll:
    /// that of the poll before, and this one's. The end of one is recorded with the beginning of
    /// the next. A task that has yielded is returned, for the caller to queue.
    #[inline]
    pub(crate) fn run_recorded(self, before: Then) -> (Then, Option<Self>) {
        timeline::record(What::Polls(self.header().subject(), before));
        self.run_to_yield()
    }
}
