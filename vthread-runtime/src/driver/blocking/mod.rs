//! Helper threads, for code that blocks a kernel thread because it knows no better.

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

/// How many helpers there are, and what they do.
pub(crate) fn helpers() -> Helpers {
    pool::POOL.helpers()
}
