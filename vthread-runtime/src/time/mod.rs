//! Sleeping, and the clock. Mirrors [`std::time`] and `std::thread::sleep`.

mod sleeping;

pub use sleeping::{Sleep, __vthread_sleep, __vthread_sleep_until, sleep, sleep_until};
pub use std::time::{Duration, Instant};
