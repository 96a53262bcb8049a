//! The events without the feature `tracing`: no-ops.

use super::{FormatError, Who};
use std::any::Any;
use std::fmt::Display;
use std::marker::PhantomData;
use std::panic::Location;
use std::time::Duration;

/// Would format an error.
#[derive(Debug)]
pub(crate) struct ErrorFormatter<E>(PhantomData<fn(&E)>);

impl<E> ErrorFormatter<E> {
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        ErrorFormatter(PhantomData)
    }
    #[inline(always)]
    pub(crate) fn set(&self, _: FormatError<E>) {}
}

#[inline(always)]
pub(crate) fn late_failure<E>(_: Who<'_>, _: &ErrorFormatter<E>, _: &E) {}

#[inline(always)]
pub(crate) fn lost_failure<E>(_: Who<'_>, _: &ErrorFormatter<E>, _: &E) {}

#[inline(always)]
pub(crate) fn deadlock(_: &str) {}

#[inline(always)]
pub(crate) fn late_panic(_: Who<'_>, _: &(dyn Any + Send)) {}

#[inline(always)]
pub(crate) fn group_ended(_: Who<'_>, _: usize) {}

#[inline(always)]
pub(crate) fn background_failure(_: &dyn Display) {}

#[inline(always)]
pub(crate) fn grace_over(_: Who<'_>) {}

#[inline(always)]
pub(crate) fn pinned(_: &'static Location<'static>) {}

#[inline(always)]
pub(crate) fn relieved(_: Option<&'static Location<'static>>, _: Duration) {}

#[inline(always)]
pub(crate) fn came_back(_: Option<&'static Location<'static>>, _: Duration) {}
