//! The trait by which `for` in vthread code iterates with suspending steps.

/// A value of the library's own that `for` in vthread code takes step by step: its steps have a
/// `next(&mut self)` which returns a [`Call`](crate::task::call::Call) of an `Option`.
///
/// Plain code iterates over the same value by std's `Iterator`, and blocks.
#[doc(hidden)]
pub trait IntoSuspendingIter {
    /// The type of the steps.
    type Steps;
    /// The steps.
    fn into_steps(self) -> Self::Steps;
}
