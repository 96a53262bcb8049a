//! Readiness of descriptors: the reactor asks the system, `readiness` keeps the answers, a `Source`
//! is a descriptor that is watched.

#[cfg(unix)]
mod descriptor;
mod reactor;
mod readiness;
mod registrations;
mod source;

#[cfg(unix)]
pub(crate) use descriptor::Descriptor;
pub(super) use reactor::Reactor;
pub(crate) use readiness::{Direction, Interest};
pub(crate) use source::{Source, Waiting};
