//! What the long runs share: how much the process holds.

pub mod heap;
pub mod holds;
