//! What is made of a stream by a method of its trait.

mod by_ref;
mod bytes;
mod chain;
mod take;

pub use by_ref::ByRef;
pub use bytes::Bytes;
pub use chain::Chain;
pub use take::Take;
