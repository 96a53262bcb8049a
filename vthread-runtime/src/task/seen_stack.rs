//! The stack of a vthread, as a dump has seen it.

use std::panic::Location;
use std::time::Duration;

/// A stack, as another thread has seen it.
#[derive(Debug, Default)]
pub(crate) struct SeenStack {
    /// The calls from the innermost outwards: up to the last recursive call, and from the first
    /// one.
    pub(crate) calls: [Vec<SeenCall>; 2],
    /// How many recursive calls are open.
    pub(crate) n_recursive: u32,
    /// The time since its last poll, or since its birth.
    pub(crate) age: Option<Duration>,
}

/// A call, as another thread has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeenCall {
    pub(crate) site: &'static Location<'static>,
    /// The type of the called frame.
    pub(crate) callee: &'static str,
}
