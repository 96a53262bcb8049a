//! The spans without the feature `tracing`: none.

use super::Who;
use std::panic::Location;

/// Would be the place of a vthread's span.
#[derive(Debug, Default)]
pub(crate) struct SpanPlace;

/// What happens to a waker.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OfWaker {
    Clone,
    Wake,
    WakeByRef,
    Drop,
}

#[inline(always)]
pub(crate) fn are_wanted() -> bool {
    false
}

#[inline(always)]
pub(crate) fn wakers_are_wanted() -> bool {
    false
}

#[inline(always)]
pub(crate) fn of_vthread(
    _: impl FnOnce() -> u64,
    _: Option<&str>,
    _: &'static Location<'static>,
    _: Option<Who<'_>>,
) -> Option<SpanPlace> {
    None
}

impl SpanPlace {
    #[inline(always)]
    pub(crate) fn enter(&self) -> Option<Inside<'_>> {
        None
    }

    #[inline(always)]
    pub(crate) fn note_waker(&self, _: OfWaker) {}
}

/// Would be a poll of a vthread in its span.
#[derive(Debug)]
pub(crate) enum Inside<'a> {
    #[allow(dead_code)]
    Never(&'a SpanPlace, std::convert::Infallible),
}

impl Inside<'_> {
    pub(crate) fn end(self) {
        match self {
            Inside::Never(_, never) => match never {},
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {}
}
