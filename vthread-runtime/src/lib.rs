//! The runtime of `vthread`. Programs use the facade crate `vthread`; this crate is its engine room.
//!
//! Layers, each knowing only those before it:
//! `task`, `scheduler`, `group`, `inspect`, `context`, `driver`, `sync`, then `io`, `net`, `fs`, `time`, `signal`.

#![deny(unsafe_code)]

mod intrusive;
mod primitive;
mod questions;
mod trace;

pub mod task;

pub mod scheduler;

pub mod group;

mod inspect;

pub mod context;

mod driver;

pub mod fs;
pub mod io;
pub mod net;
pub mod signal;
pub mod sync;
pub mod time;

mod runtime;

pub mod macro_support;

pub use context::variable::ContextVar;
pub use driver::blocking::{__vthread_blocking, Blocking, blocking};
pub use driver::blocking::{__vthread_blocking_scoped, BlockingScoped, blocking_scoped};
pub use group::call::Call;
pub use group::closure::{Closure, VthreadFn};
pub use group::failures::Failures;
pub use group::map_concurrent::{__vthread_map_concurrent, Mapped, map_concurrent};
pub use group::native::NoError;
pub use group::outcome::Outcome;
pub use group::owned::OwnedGroup;
pub use group::shutdown::{BackgroundError, BackgroundFailure, shutdown};
pub use group::task::{Task, TaskFuture};
pub use group::view::Group;
pub use group::yield_now::{__vthread_yield_now, yield_now};
pub use inspect::{Dump, OnDeadlock, dump};
pub use runtime::{AlreadyStarted, Config, Metrics, metrics};
pub use scheduler::StuckPoll;
pub use task::cell::is_cancellation;
pub use task::id::TaskId;
pub use task::reason::{CancelReason, Culprit};
