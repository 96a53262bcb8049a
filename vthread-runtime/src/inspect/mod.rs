//! What the runtime reports of itself: the waits of vthreads, and deadlocks. `README.md` beside
//! this file proves when a deadlock is certain.

pub(crate) mod snapshot;

mod deadlock;
pub(crate) mod report;
pub(crate) mod watchdog;

mod dump;
mod folded;
pub(crate) mod json;
mod merge;
pub(crate) mod stack;
pub(crate) mod timeline;

pub use dump::{Dump, dump};
pub(crate) use dump::{dump_of_test, of_test};
