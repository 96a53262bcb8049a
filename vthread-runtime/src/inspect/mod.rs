//! What the runtime reports of itself: the waits of vthreads, and deadlocks. `README.md` beside
//! this file proves when a deadlock is certain.

pub(crate) mod snapshot;

mod deadlock;
mod report;
pub(crate) mod watchdog;

mod dump;
mod folded;
mod json;
mod stack;
pub(crate) mod timeline;

pub use dump::{Dump, dump};
pub(crate) use dump::{dump_of_test, of_test};
