//! Spans of the crate `tracing`: those of vthreads, and those of `#[instrument]`.
//!
//! All tests share one subscriber, which never allows that spans are mixed.

mod instrument;
mod spans;
mod subscriber;
