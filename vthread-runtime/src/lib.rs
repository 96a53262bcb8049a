//! The runtime of `vthread`. Programs use the facade crate `vthread`; this crate is its
//! implementation.
//!
//! Layers, each knowing only those before it: `task`, `scheduler`, `world`, `group`, `inspect`,
//! `context`, `driver`, `sync`, then `io`, `net`, `fs`, `time`, `signal`.

#![deny(unsafe_code)]

mod config;
mod primitive;

mod base;
mod trace;

mod cancel;
mod task;

mod scheduler;

mod world;

mod group;

mod scoped;

mod program;

mod call;

mod inspect;

#[cfg(feature = "console")]
mod console;
#[cfg(not(feature = "console"))]
#[path = "console/disabled.rs"]
mod console;

mod context;

mod driver;

pub mod fs;
pub mod io;
pub mod net;
pub mod os;
pub mod process;
pub mod signal;
pub mod sync;
pub mod thread;
pub mod time;

pub mod testing;

mod runtime;

pub mod macro_support;

pub use base::unwind::is_cancellation;
pub use call::closure::{Closure, VthreadFn};
pub use call::map_concurrent::{__vthread_map_concurrent, Mapped, map_concurrent};
pub use call::not_made::WriteBlockToMakeTheCall;
pub use call::yield_now::{__vthread_yield_now, yield_now};
pub use cancel::reason::{CancelReason, FailedMember};
pub use config::{AlreadyStarted, Config, OnDeadlock};
pub use context::variable::ContextVar;
pub use driver::blocking::{__vthread_blocking, Blocking, blocking};
pub use driver::blocking::{__vthread_blocking_scoped, BlockingScoped, blocking_scoped};
pub use group::collect::Failures;
pub use group::handle::Group;
pub use group::infallible::NoError;
pub use group::outcome::Outcome;
pub use group::task::{CancelOnDrop, Task, TaskFuture};
pub use group::tasks::Tasks;
pub use inspect::{Dump, dump};
pub use program::current_group::OwnedGroup;
pub use program::shutdown::{BackgroundError, BackgroundFailure, shutdown};
pub use runtime::{Metrics, metrics};
pub use scheduler::StuckPoll;
pub use task::call::Call;
pub use task::id::TaskId;
pub use thread::{__vthread_checkpoint, checkpoint, is_cancelled};
