//! The composition root: the one process-wide runtime, made of the layers' parts.

/// Starts the runtime if it is not running.
pub(crate) fn start() {}
