//! Sleeping, and the clock. Mirrors [`std::time`] and `std::thread::sleep`.

mod deadline;
mod interval;
mod sleeping;
pub(crate) mod timeout;

pub use deadline::deadline;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleeping::{__vthread_sleep, __vthread_sleep_until, Sleep, sleep, sleep_until};
pub use std::time::{Duration, Instant, SystemTime, SystemTimeError, UNIX_EPOCH};
pub use timeout::Elapsed;
