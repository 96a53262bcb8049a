//! The common part of the long runs: the resources of the process.

pub mod heap;
pub mod holds;
