//! What the runtime tells of itself: who waits for whom, and that a wait will never end.
//! `README.md` beside this file says when that is certain.

mod certain;
mod report;
pub(crate) mod watch;

mod dump;

pub use dump::{Dump, dump};
pub use watch::OnDeadlock;
