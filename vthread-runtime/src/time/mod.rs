//! Sleeping, and the clock. What it has of `std::time`, and what beyond, is a table in the crate
//! `vthread`, whose module of this name adds the macro `timeout!`.

pub(crate) mod bounded;
mod deadline;
mod interval;
mod sleeping;
pub(crate) mod time_limit;
mod timer;

pub use bounded::Elapsed;
pub use deadline::deadline;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleeping::{__vthread_sleep, __vthread_sleep_until, Sleep, sleep, sleep_until};
pub use std::time::{
    Duration, Instant, SystemTime, SystemTimeError, TryFromFloatSecsError, UNIX_EPOCH,
};
pub use time_limit::TimeLimit;
pub use timer::{Timer, now, until};
