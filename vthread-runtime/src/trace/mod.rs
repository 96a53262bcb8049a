//! The runtime's events and spans for the crate `tracing`, if the feature `tracing` is on. Without
//! it, all of this compiles to nothing.
//!
//! The target of all of them is `vthread`, except for what only tokio-console reads. A failure that
//! is reported nowhere else is a warning; the failure of a group is for debugging, since its error
//! reports it too; a blocking call that holds an OS thread is information, once for each place in
//! the program; a poll that delays other vthreads is a warning.

#[cfg(feature = "tracing")]
mod events;
#[cfg(not(feature = "tracing"))]
#[path = "events_disabled.rs"]
mod events;

#[cfg(feature = "tracing")]
pub(crate) mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "spans_disabled.rs"]
pub(crate) mod spans;

mod chunks;
mod encoding;
pub(crate) mod frame_sizes;
pub(crate) mod panics;
mod placing;
mod stamps;
pub(crate) mod timeline;

pub(crate) use events::{
    ErrorFormatter, background_failure, came_back, deadlock, grace_over, group_ended, late_failure,
    late_panic, lost_failure, pinned, relieved,
};

use std::fmt;
use std::panic::Location;

/// Formats an error, as its type allows.
pub(crate) type FormatError<E> = fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result;

/// The subject of an event.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
pub(crate) struct Who<'a> {
    pub(crate) name: Option<&'a str>,
    /// The location of the `spawn!`, or of the `group!`.
    pub(crate) site: &'static Location<'static>,
    /// The subject is the body of a group, and not a child.
    pub(crate) is_body: bool,
}

/// Calls a subscriber; its panics are contained.
#[cfg(feature = "tracing")]
fn quietly(call: impl FnOnce()) {
    if let Err(payload) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)) {
        // A payload whose destructor panics is not worth more.
        std::mem::forget(payload);
    }
}
