//! Runs tasks on a few kernel threads.

pub(crate) mod park;
