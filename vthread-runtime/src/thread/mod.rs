//! The vthread that runs. Mirrors [`std::thread`].
//!
//! | `std::thread` | here | difference |
//! |---|---|---|
//! | `spawn`, `JoinHandle`, `scope` | `spawn!` in a `group!`, `Task` | a child ends before what it borrows |
//! | `Builder` | `spawn!(name = ..)` | no stack, so no size of one |
//! | `sleep`, `yield_now` | [`sleep`], [`yield_now`] | they suspend |
//! | `current`, `Thread`, `ThreadId` | the same names | of the vthread, if one runs |
//! | `park`, `park_timeout` | [`park`], [`park_timeout`] | they suspend |
//! | `thread_local!` | `context_var!` | inherited by children |
//! | `available_parallelism`, `panicking`, `Result` | the same, re-exported | none |
//!
//! A vthread may be on another OS thread after each suspension, and finds the value of a
//! `thread_local!` that belongs to that one.

mod cancelled;
mod current;
mod parking;

pub use crate::call::yield_now::{__vthread_yield_now, yield_now};
pub use crate::task::id::TaskId as ThreadId;
pub use crate::time::{__vthread_sleep, __vthread_sleep_until, sleep, sleep_until};
pub use cancelled::{__vthread_checkpoint, checkpoint, is_cancelled};
pub use current::{Thread, current};
pub use parking::{__vthread_park, __vthread_park_timeout, park, park_timeout};
pub use std::thread::{Result, available_parallelism, panicking};
