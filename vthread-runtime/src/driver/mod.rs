//! Waits for events from outside the vthreads: I/O, time, helper threads.

mod alarm;
pub(crate) mod blocking;
mod core;
mod io;
mod time;
pub(crate) mod time_limit;

pub(crate) use self::alarm::Alarm;
pub(crate) use self::core::{get, started};
#[cfg(unix)]
pub(crate) use self::io::Descriptor;
pub(crate) use self::io::{Direction, Interest, Source, Waiting};
pub(crate) use self::time::Set;
pub(crate) use self::time::standing::begin as begin_standing;
