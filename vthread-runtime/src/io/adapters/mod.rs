//! The adapters that methods of the traits return.

mod by_ref;
mod bytes;
mod chain;
mod take;

pub use by_ref::ByRef;
pub use bytes::Bytes;
pub use chain::Chain;
pub use take::Take;
