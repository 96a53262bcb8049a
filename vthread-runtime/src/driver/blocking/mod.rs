//! Helper threads, for code that can only block an OS thread.

mod call;
mod caller;
mod offload;
mod pool;
mod scoped;

pub use call::{__vthread_blocking, Blocking, blocking};
pub(crate) use caller::caller_is_gone;
pub(crate) use offload::{Offload, n_abandoned};
pub(crate) use pool::Helpers;
pub use scoped::{__vthread_blocking_scoped, BlockingScoped, blocking_scoped};

/// The numbers of helpers and of their jobs.
pub(crate) fn helpers() -> Helpers {
    pool::POOL.helpers()
}
