//! Groups: who waits for whom, and how a vthread ends.

pub mod call;
pub(crate) mod block_on;
