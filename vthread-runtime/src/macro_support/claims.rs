//! Failing exits of a child's or a body's own code: they claim the group's first failure before anything is dropped.
//!
//! What does not fail pays one look at what is looked at anyway, which the optimiser makes one of.

use super::dead::Never;
use crate::group::claim::claim;
use std::task::Poll;

/// The operand of a `?`.
pub struct Attempt<'a, T>(pub &'a T);

/// Found first: it may fail.
pub trait AttemptMayFail {
    /// Claims, if it does.
    fn __vthread_claims(&self);
}

/// Found by one more autoref: what no `?` fits is rustc's to refuse.
pub trait AttemptIsOther {
    /// Nothing.
    fn __vthread_claims(&self);
}

impl<V, X> AttemptMayFail for Attempt<'_, Result<V, X>> {
    #[inline(always)]
    fn __vthread_claims(&self) {
        claims(self.0.is_err());
    }
}

impl<V, X> AttemptMayFail for Attempt<'_, Poll<Result<V, X>>> {
    #[inline(always)]
    fn __vthread_claims(&self) {
        claims(matches!(self.0, Poll::Ready(Err(_))));
    }
}

impl<V, X> AttemptMayFail for Attempt<'_, Poll<Option<Result<V, X>>>> {
    #[inline(always)]
    fn __vthread_claims(&self) {
        claims(matches!(self.0, Poll::Ready(Some(Err(_)))));
    }
}

impl<T> AttemptIsOther for &Attempt<'_, T> {
    #[inline(always)]
    fn __vthread_claims(&self) {}
}

/// A tail whose type decides whether it fails.
pub struct Ending<'a, T>(pub &'a T);

/// Found before all others: see `Tail`.
impl Ending<'_, Never> {
    /// Nothing.
    #[inline(always)]
    pub fn __vthread_claims(&self) {}
}

/// Found first of the traits: a `Result`.
pub trait EndingMayFail {
    /// Claims, if it fails.
    fn __vthread_claims(&self);
}

impl<V, X> EndingMayFail for Ending<'_, Result<V, X>> {
    #[inline(always)]
    fn __vthread_claims(&self) {
        claims(self.0.is_err());
    }
}

/// Found by one more autoref: any other value.
pub trait EndingIsValue {
    /// Nothing.
    fn __vthread_claims(&self);
}

impl<T> EndingIsValue for &Ending<'_, T> {
    #[inline(always)]
    fn __vthread_claims(&self) {}
}

#[inline(always)]
fn claims(has_failed: bool) {
    if has_failed {
        claim();
    }
}

/// The result of a child or a body, on its way out.
#[inline(always)]
pub fn claimed<V, X>(result: Result<V, X>) -> Result<V, X> {
    claims(result.is_err());
    result
}

/// The error of a child or a body, on its way out.
#[inline(always)]
pub fn failing<X>(error: X) -> X {
    claim();
    error
}
