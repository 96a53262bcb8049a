//! The span of a task, and what subscribers are told of its wakers.

use super::header::Header;
use crate::trace::Who;
use crate::trace::spans::{self, Inside, OfWaker};

impl Header {
    /// Makes the span in which the task is polled, as a child of the present one. Called before the
    /// task can run.
    #[inline]
    pub(crate) fn make_span(&self, group: Option<Who<'_>>) {
        if spans::are_wanted() {
            self.make_wanted_span(group);
        }
    }

    #[cold]
    fn make_wanted_span(&self, group: Option<Who<'_>>) {
        let name = self.name().map(|name| &**name);
        let span = spans::of_vthread(|| self.id().number(), name, self.site(), group);
        if let Some(span) = span {
            self.vthread.rare.set_span(span);
        }
    }

    /// Enters the span for one poll.
    #[inline]
    pub(super) fn enter_span(&self) -> Option<Inside<'_>> {
        match spans::are_wanted() {
            true => self.vthread.rare.span()?.enter(),
            false => None,
        }
    }

    /// Reports what happens to a waker of the task.
    #[inline]
    pub(super) fn trace_waker(&self, what: OfWaker) {
        if spans::wakers_are_wanted()
            && let Some(span) = self.vthread.rare.span()
        {
            span.note_waker(what);
        }
    }
}
