//! The end of a child or a body by its type: a `Result` is the result, anything else is `Ok` of it.
//!
//! The choice does not look at `From`: a missing conversion is an error that names it,
//! never a silent `Ok(Err(e))`.

use super::dead::Never;
use crate::group::native::NoError;
use std::cell::Cell;
use std::marker::PhantomData;

/// The tail, on its way to be split by type.
pub struct Tail<T>(Cell<Option<T>>);

impl<T> Tail<T> {
    /// Takes the value of the tail.
    #[inline(always)]
    pub fn new(value: T) -> Self {
        Tail(Cell::new(Some(value)))
    }
    fn take(&self) -> T {
        self.0.take().expect("a tail is split once")
    }
}

/// The tail is a `Result`.
pub struct Failing<V, X>(pub(super) Result<V, X>);
/// The tail is a value.
pub struct Plainly<V>(pub(super) V);

/// Found before all others: the tail never ends. rustc has made an unknown type of its `!`, which would
/// be taken for a `Result` whose types nobody says.
impl Tail<Never> {
    /// The tail, which has no value.
    #[inline(always)]
    pub fn __vthread_split(&self) -> Plainly<Never> {
        match self.take() {}
    }
}

/// Found first of the traits: a `Result`.
pub trait TailIsResult {
    /// Which of the two.
    type Split;
    /// The tail, split.
    fn __vthread_split(&self) -> Self::Split;
}

impl<V, X> TailIsResult for Tail<Result<V, X>> {
    type Split = Failing<V, X>;
    #[inline(always)]
    fn __vthread_split(&self) -> Self::Split {
        Failing(self.take())
    }
}

/// Found by one more autoref: any other value.
pub trait TailIsValue {
    /// Which of the two.
    type Split;
    /// The tail, split.
    fn __vthread_split(&self) -> Self::Split;
}

impl<V> TailIsValue for &Tail<V> {
    type Split = Plainly<V>;
    #[inline(always)]
    fn __vthread_split(&self) -> Self::Split {
        Plainly(self.take())
    }
}

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
/// parameter, and shows the bound with its comment. It decides when the type is known, which may be long
/// after the tail; a bound that fails, with a message, would decide too early.
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
