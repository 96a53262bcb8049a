//! What `for` in vthread code goes through where each step suspends.

/// A value of the library's own that `for` in vthread code takes step by step: its steps have a
/// `next(&mut self)` which gives a [`Call`](crate::task::call::Call) of an `Option`.
///
/// Plain code iterates over the same value by std's `Iterator`, and blocks.
#[doc(hidden)]
pub trait IntoSuspendingIter {
    /// What has the `next`.
    type Steps;
    /// The steps.
    fn into_steps(self) -> Self::Steps;
}
