//! Sleeping, and the clock. Mirrors [`std::time`] and `std::thread::sleep`.
//!
//! | std | here | difference |
//! |---|---|---|
//! | `time::{Duration, Instant, SystemTime, UNIX_EPOCH}` | the same, re-exported | none: `Instant::now()` tells the time of the system in a [test](crate::testing), too |
//! | `thread::{sleep, sleep_until}` | [`sleep`], [`sleep_until`] | they suspend |
//! | - | [`timeout!(duration => ..)`, `timeout!(instant => ..)`](timeout), [`deadline`] | beyond std |
//! | - | [`interval`], [`Timer`] | beyond std |
//! | `Instant::now`, `saturating_duration_since` | [`now`], [`until`] | they follow the clock of a [test](crate::testing) |

/// Under the name that it has elsewhere, too: `use vthread::time::{sleep, timeout}`.
#[doc(no_inline)]
pub use vthread_macros::timeout;
#[doc(inline)]
pub use vthread_runtime::time::*;
