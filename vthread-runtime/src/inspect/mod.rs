//! What the runtime tells of itself: who waits for whom, and that a wait will never end.
//! `README.md` beside this file says when that is certain.

pub(crate) mod snapshot;

mod deadlock;
mod report;
pub(crate) mod watchdog;

mod dump;

pub use dump::{Dump, dump};
