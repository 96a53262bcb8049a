//! Failing exits of a child's or a body's own code: they claim the group's first failure before
//! anything is dropped.
//!
//! A value that is no failure costs one test, which the optimiser merges with the test that the
//! code makes anyway.

use super::dead_code::Never;
use crate::base::type_question::{Answer, Asked, answers, ask};
use crate::group::claim::claim;
use std::task::Poll;

/// The operand of a `?`.
#[allow(missing_debug_implementations)]
pub struct Attempt<T>(T);

impl<T> Attempt<T> {
    /// Asks whether it may fail.
    #[inline(always)]
    pub fn ask(_: &T) -> Asked<Attempt<T>, 0> {
        ask()
    }
}

answers! {
    /// It may fail.
    0 [V, X] Attempt<Result<V, X>> => MayFail;
    /// It may fail.
    0 [V, X] Attempt<Poll<Result<V, X>>> => MayFail;
    /// It may fail.
    0 [V, X] Attempt<Poll<Option<Result<V, X>>>> => MayFail;
    /// rustc refuses other operands of `?`.
    1 [T] Attempt<T> => IsOther;
}

/// A tail whose type decides whether it fails.
#[allow(missing_debug_implementations)]
pub struct Ending<T>(T);

impl<T> Ending<T> {
    /// Asks whether it may fail.
    #[inline(always)]
    pub fn ask(_: &T) -> Asked<Ending<T>, 0> {
        ask()
    }
}

answers! {
    /// It never ends: see `Tail`.
    0 [] Ending<Never> => IsOther;
    /// A `Result`.
    1 [V, X] Ending<Result<V, X>> => MayFail;
    /// Any other value.
    2 [T] Ending<T> => IsOther;
}

/// It is of a type that may be a failure.
#[allow(missing_debug_implementations)]
pub struct MayFail;

impl Answer for MayFail {
    const IT: Self = MayFail;
}

/// It is no failure.
#[allow(missing_debug_implementations)]
pub struct IsOther;

impl Answer for IsOther {
    const IT: Self = IsOther;
}

/// An answer that claims where the value is a failure.
pub trait Claims<T>: Answer {
    /// Whether it has.
    fn has_failed(it: &T) -> bool;
}

impl<V, X> Claims<Result<V, X>> for MayFail {
    #[inline(always)]
    fn has_failed(it: &Result<V, X>) -> bool {
        it.is_err()
    }
}

impl<V, X> Claims<Poll<Result<V, X>>> for MayFail {
    #[inline(always)]
    fn has_failed(it: &Poll<Result<V, X>>) -> bool {
        matches!(it, Poll::Ready(Err(_)))
    }
}

impl<V, X> Claims<Poll<Option<Result<V, X>>>> for MayFail {
    #[inline(always)]
    fn has_failed(it: &Poll<Option<Result<V, X>>>) -> bool {
        matches!(it, Poll::Ready(Some(Err(_))))
    }
}

impl<T> Claims<T> for IsOther {
    #[inline(always)]
    fn has_failed(_: &T) -> bool {
        false
    }
}

/// Claims, if it has failed.
#[inline(always)]
pub fn claim_failure<K: Claims<T>, T>(_: K, it: &T) {
    claims(K::has_failed(it));
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
