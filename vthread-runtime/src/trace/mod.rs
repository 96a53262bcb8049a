//! What the runtime tells whoever listens by the crate `tracing`, if the feature `tracing` is on. Without
//! it, all of this compiles to nothing.
//!
//! The target of all events is `vthread`. A failure that nobody else would hear of is a warning; that a group
//! has failed is for debugging, since its error says so too; a blocking call that holds a kernel thread is
//! information, once for each place in the program; a poll that holds up others is a warning.

#[cfg(feature = "tracing")]
mod events;
#[cfg(not(feature = "tracing"))]
#[path = "events_disabled.rs"]
mod events;

pub(crate) mod frame_sizes;
pub(crate) mod panics;

pub(crate) use events::{
    ErrorFormatter, background_failure, came_back, deadlock, grace_over, group_ended, late_failure,
    late_panic, lost_failure, pinned, relieved,
};

use std::fmt;
use std::panic::Location;

/// Writes an error, as its type allows.
pub(crate) type Tell<E> = fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result;

/// Of whom an event speaks.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
pub(crate) struct Who<'a> {
    pub(crate) name: Option<&'a str>,
    /// The `spawn!`, or the `group!`.
    pub(crate) site: &'static Location<'static>,
    /// The body of a group, and not a child.
    pub(crate) is_body: bool,
}
