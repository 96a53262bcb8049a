//! Sleeping, and the clock. Mirrors [`std::time`] and `std::thread::sleep`.
//!
//! | std | here | difference |
//! |---|---|---|
//! | `time::{Duration, Instant, SystemTime, UNIX_EPOCH}` | the same, re-exported | none: `Instant::now()` tells the time of the system in a [test](crate::testing), too |
//! | `thread::{sleep, sleep_until}` | [`sleep`], [`sleep_until`] | they suspend |
//! | - | `timeout!(duration => ..)`, `timeout!(instant => ..)`, [`deadline`] | beyond std |
//! | - | [`interval`], [`Timer`] | beyond std |
//! | `Instant::now`, `saturating_duration_since` | [`now`], [`until`] | they follow the clock of a [test](crate::testing) |

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
