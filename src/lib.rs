//! Virtual threads for Rust without coloured functions.
pub use vthread_macros::{group, plain, spawn, vthread};
pub use vthread_runtime::{__vthread_blocking, __vthread_yield_now, blocking, yield_now};
pub use vthread_runtime::{Call, Group, Task, net, sync, time};

/// What a program that uses vthreads wants in scope: the macros and the traits of `io`.
pub mod prelude {
    pub use crate::{group, plain, spawn, vthread};
}

#[doc(hidden)]
pub use vthread_runtime::macro_support as __rt;
