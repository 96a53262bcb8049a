//! The end of a child or a body by its type: a `Result` is the result, anything else is `Ok` of it.
//!
//! The choice does not look at `From`: a missing conversion is an error that names it,
//! never a silent `Ok(Err(e))`.

use super::dead_code::Never;
use crate::base::type_question::{Answer, Asked, answers, ask};
use crate::group::infallible::NoError;
use std::marker::PhantomData;

/// The value of a tail.
pub struct Tail<T>(T);

impl<T> Tail<T> {
    /// Takes the value.
    #[inline(always)]
    pub fn new(value: T) -> Self {
        Tail(value)
    }
    /// Asks for its kind.
    #[inline(always)]
    pub fn ask(_: &Self) -> Asked<Tail<T>, 0> {
        ask()
    }
}

answers! {
    /// The tail never ends. rustc has inferred a type for its `!`, which would be taken for a
    /// `Result` whose types are not determined.
    0 [] Tail<Never> => IsValue;
    /// A `Result`.
    1 [V, X] Tail<Result<V, X>> => IsResult;
    /// Any other value.
    2 [V] Tail<V> => IsValue;
}

/// The tail is a `Result`.
pub struct IsResult;

impl Answer for IsResult {
    const IT: Self = IsResult;
}

/// The tail is a value.
pub struct IsValue;

impl Answer for IsValue {
    const IT: Self = IsValue;
}

/// The result of a tail of this type.
pub trait Splits<T>: Answer {
    /// Which of the two.
    type Split;
    /// The tail, split.
    fn split(tail: T) -> Self::Split;
}

impl<V, X> Splits<Result<V, X>> for IsResult {
    type Split = Failing<V, X>;
    #[inline(always)]
    fn split(tail: Result<V, X>) -> Failing<V, X> {
        Failing(tail)
    }
}

impl<V> Splits<V> for IsValue {
    type Split = Plainly<V>;
    #[inline(always)]
    fn split(tail: V) -> Plainly<V> {
        Plainly(tail)
    }
}

/// The tail, split as its type decides.
#[inline(always)]
pub fn split<K: Splits<T>, T>(_: K, tail: Tail<T>) -> K::Split {
    K::split(tail.0)
}

/// The tail is a `Result`.
pub struct Failing<V, X>(pub(super) Result<V, X>);
/// The tail is a value.
pub struct Plainly<V>(pub(super) V);

/// An error that a group with the error type `E` can end with.
#[diagnostic::on_unimplemented(
    message = "an error of type `{Self}` does not fit a group whose error type is `{E}`",
    label = "this is an error of type `{Self}`",
    note = "write `impl From<{Self}> for {E}`, convert it with `map_err`, or handle it here"
)]
pub trait FailsInto<E> {
    /// The group's error.
    fn fails_into(self) -> E;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<X, E: From<X>> FailsInto<E> for X {
    #[inline(always)]
    fn fails_into(self) -> E {
        E::from(self)
    }
}

/// Implemented by nothing: it carries the message for a child that must not fail.
#[diagnostic::on_unimplemented(
    message = "a child cannot fail here: its group has no error type",
    label = "this child ends with an error of type `{Self}`",
    note = "handle the error in the child, return a `Result` from the function around the group, or write `group!(error = E => ..)`",
    note = "to hand the `Result` to `join()` as a value, end the child with `Ok(..)`"
)]
pub trait ChildrenMayFail {}

/// A value that is no `Result`: of a `Result` in a `Result` the inner error would be lost.
///
/// For every type there is one impl, and for a `Result` there are two: then rustc cannot infer the
/// parameter, and shows the bound with its comment. It decides when the type is known, which may be
/// long after the tail; a bound that fails, with a message, would decide too early.
pub trait AResultInAResult<Which> {}

#[doc(hidden)]
impl<V> AResultInAResult<()> for V {}
impl<V, E> AResultInAResult<Twice> for Result<V, E> {}

/// The second impl for a `Result`.
#[allow(missing_debug_implementations)]
pub struct Twice;

impl<V, X> Failing<V, X> {
    /// The result, with the group's error type.
    #[inline(always)]
    pub fn finish<E, Which>(self, _: &PhantomData<fn() -> E>) -> Result<V, E>
    where
        X: FailsInto<E>,
        V: AResultInAResult<Which>, // Its error would be lost: end with `inner?`, or hand it on with `Ok(..)`.
    {
        self.0.map_err(X::fails_into)
    }
    /// Refused by its bound.
    pub fn finish_infallible(self, _: &PhantomData<fn() -> NoError>) -> Result<V, NoError>
    where
        X: ChildrenMayFail,
    {
        unreachable!("no error type may fail here")
    }
}

impl<V> Plainly<V> {
    /// The value is the result.
    #[inline(always)]
    pub fn finish<E>(self, _: &PhantomData<fn() -> E>) -> Result<V, E> {
        Ok(self.0)
    }
    /// The value is the result.
    #[inline(always)]
    pub fn finish_infallible(self, _: &PhantomData<fn() -> NoError>) -> Result<V, NoError> {
        Ok(self.0)
    }
}

/// The error that a written `Err(error)` stands for.
#[inline(always)]
pub fn fails<X: FailsInto<E>, E>(error: X, _: &PhantomData<fn() -> E>) -> E {
    error.fails_into()
}
