//! The span of each vthread, by the crate `tracing`.
//!
//! It is made by the spawner, as a child of the span that is current there, entered whenever its
//! vthread is polled, and closed when that ends. Its name and its fields are those by which
//! tokio-console knows tasks. Where no subscriber wants it, the vthread runs in the spawner's span.

use super::{Who, quietly};
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::span::EnteredSpan;
use tracing::{Level, Span, dispatcher, event, level_enabled, span};

/// The place of a vthread's span.
#[derive(Default)]
pub(crate) struct SpanPlace {
    /// Not there while it is entered. Touched by the thread that polls the vthread, and before that
    /// by its spawner.
    span: Cell<Option<Span>>,
    /// The number by which subscribers know it. 0 if there is none, or none of its own.
    number: AtomicU64,
}

/// A subscriber may want spans.
#[inline]
pub(crate) fn are_wanted() -> bool {
    dispatcher::has_been_set()
}

/// What happens to a waker.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OfWaker {
    Clone,
    Wake,
    WakeByRef,
    Drop,
}

impl OfWaker {
    /// The word for it that tokio-console knows.
    fn word(self) -> &'static str {
        match self {
            OfWaker::Clone => "waker.clone",
            OfWaker::Wake => "waker.wake",
            OfWaker::WakeByRef => "waker.wake_by_ref",
            OfWaker::Drop => "waker.drop",
        }
    }
}

/// A subscriber may want events about wakers.
#[inline]
pub(crate) fn wakers_are_wanted() -> bool {
    level_enabled!(Level::TRACE) && dispatcher::has_been_set()
}

/// Makes the span of a vthread. `None`: no subscriber wants one, and the spawner is in none.
pub(crate) fn of_vthread(
    id: impl FnOnce() -> u64,
    name: Option<&str>,
    site: &'static Location<'static>,
    group: Option<Who<'_>>,
) -> Option<SpanPlace> {
    let mut made = None;
    quietly(|| {
        let span = span!(
            target: "vthread",
            Level::DEBUG,
            "runtime.spawn",
            kind = "vthread",
            task.name = name,
            task.id = id(),
            loc.file = site.file(),
            loc.line = site.line(),
            loc.col = site.column(),
            group.name = group.and_then(|group| group.name),
            group.site = group.map(|group| tracing::field::display(group.site)),
        );
        let number = span.id().map_or(0, |id| id.into_u64());
        let span = match span.is_disabled() {
            true => Span::current(),
            false => span,
        };
        made = (!span.is_disabled()).then(|| SpanPlace {
            span: Cell::new(Some(span)),
            number: AtomicU64::new(number),
        });
    });
    made
}

impl SpanPlace {
    /// Enters the span for one poll of its vthread. `None`: there is none.
    #[inline]
    pub(crate) fn enter(&self) -> Option<Inside<'_>> {
        let span = self.span.take()?;
        let mut entered = None;
        quietly(|| entered = Some(span.entered()));
        Some(Inside {
            place: self,
            entered,
        })
    }

    /// Reports what happens to a waker of the vthread.
    #[cold]
    pub(crate) fn note_waker(&self, what: OfWaker) {
        let number = self.number.load(Ordering::Relaxed);
        if number != 0 {
            quietly(|| {
                event!(
                    target: "tokio::task::waker",
                    Level::TRACE,
                    op = what.word(),
                    task.id = number,
                );
            });
        }
    }
}

/// A poll of a vthread in its span.
#[derive(Debug)]
pub(crate) struct Inside<'a> {
    place: &'a SpanPlace,
    /// `None` after a panic of the subscriber.
    entered: Option<EnteredSpan>,
}

impl Inside<'_> {
    /// The vthread has ended, and its span with it.
    pub(crate) fn end(mut self) {
        self.place.number.store(0, Ordering::Relaxed);
        let entered = self.entered.take();
        quietly(|| drop(entered));
    }
}

impl Drop for Inside<'_> {
    /// The poll is over.
    fn drop(&mut self) {
        if let Some(entered) = self.entered.take() {
            quietly(|| self.place.span.set(Some(entered.exit())));
        }
    }
}

impl fmt::Debug for SpanPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanPlace")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
