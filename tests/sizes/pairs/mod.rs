//! The same functions twice.

// The bodies are never run.
#![allow(dead_code)]

pub(crate) mod asynchronous;
pub(crate) mod suspending;
