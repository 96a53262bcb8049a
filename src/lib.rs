//! Virtual threads for Rust without coloured functions.
pub use vthread_runtime::{Call, net, sync, time};

#[doc(hidden)]
pub use vthread_runtime::macro_support as __rt;
