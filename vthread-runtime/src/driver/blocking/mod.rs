//! Helper threads, for code that blocks a kernel thread because it knows no better.

mod call;
mod offload;
mod pool;

pub use call::{__vthread_blocking, Blocking, blocking};
pub(crate) use offload::Offload;
