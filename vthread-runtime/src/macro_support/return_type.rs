//! The return type of the function around, asked of the type itself: an alias of `Result` is one,
//! whatever its name.
//!
//! A macro sees a return type `Answer<T>` and not its definition. So code that depends on it is
//! written once, in terms of a zero-sized answer: [`AResult`], whose groups have an error type, or
//! [`Another`], whose groups cannot fail. Both have the same methods, which take the answer by
//! value: so they come before all methods of the user's traits.

use super::tails::{AResultInAResult, Failing, FailsInto, Plainly};
use crate::base::type_question::{Answer, Asked, answers, ask};
use crate::group::handle::Group;
use crate::group::infallible::{Kind, Leaves, NoError};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;

/// What kind of type does the function around return?
pub struct Returned<R>(PhantomData<fn() -> R>);

/// Asks.
#[inline(always)]
pub fn return_type<R>() -> Asked<Returned<R>, 0> {
    ask()
}

answers! {
    /// A `Result`.
    0 [T, E] Returned<Result<T, E>> => AResult<E>;
    /// Something else.
    1 [R] Returned<R> => Another;
}

impl<E> Answer for AResult<E> {
    const IT: Self = AResult(PhantomData);
}

impl Answer for Another {
    const IT: Self = Another;
}

/// The function returns a `Result` with this error type.
pub struct AResult<E>(PhantomData<fn() -> E>);

/// The function returns something else.
#[derive(Clone, Copy)]
pub struct Another;

impl<E> Copy for AResult<E> {}
impl<E> Clone for AResult<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Kind for AResult<E> {
    type Error = E;
}

impl Kind for Another {
    type Error = NoError;
}

impl<E> Leaves<Result<Infallible, E>> for AResult<E> {
    #[inline(always)]
    fn split(left: Result<Infallible, E>) -> Result<Result<Infallible, E>, E> {
        match left {
            Ok(never) => match never {},
            Err(error) => Err(error),
        }
    }
}

impl<L> Leaves<L> for Another {
    #[inline(always)]
    fn split(left: L) -> Result<L, NoError> {
        Ok(left)
    }
}

/// Determines the error type of the group.
#[inline(always)]
pub fn group_fails_as<K: Kind>(_: K, _: &Group<'_, K::Error>) {}

/// A value that leads to one of two ends of a body.
pub trait Ends<E> {
    /// The value without its failure.
    type Value;
    /// Of a `Result`, the value; `()` of any other type.
    type Inner;
    /// As a result with the error type of the group.
    fn ends(self) -> Result<Self::Value, E>;
}

impl<V, X: FailsInto<E>, E> Ends<E> for Failing<V, X> {
    type Value = V;
    type Inner = V;
    #[inline(always)]
    fn ends(self) -> Result<V, E> {
        self.0.map_err(X::fails_into)
    }
}

impl<V, E> Ends<E> for Plainly<V> {
    type Value = V;
    type Inner = ();
    #[inline(always)]
    fn ends(self) -> Result<V, E> {
        Ok(self.0)
    }
}

/// The tail of a body, if it is no failure.
pub trait Whole {
    /// The type before the question.
    type Whole;
    /// The value as it was.
    fn whole(self) -> Self::Whole;
}

impl<V, X> Whole for Failing<V, X> {
    type Whole = Result<V, X>;
    #[inline(always)]
    fn whole(self) -> Result<V, X> {
        self.0
    }
}

impl<V> Whole for Plainly<V> {
    type Whole = V;
    #[inline(always)]
    fn whole(self) -> V {
        self.0
    }
}

impl<E> AResult<E> {
    /// Of a child's own groups, whose bodies end the child.
    #[inline(always)]
    pub fn in_child(self) -> AResult<E> {
        self
    }
    /// The value with which `?` leaves the body, in dead code.
    pub fn left<R>(self, _: PhantomData<fn() -> R>) -> Result<Infallible, E> {
        unreachable!("stands in dead code only")
    }
    /// The same if the function's type cannot be written.
    pub fn left_inferred(self) -> Result<Infallible, E> {
        unreachable!("stands in dead code only")
    }
    /// A written `Err(error)` has an error of the group's type.
    #[inline(always)]
    pub fn failed<X: FailsInto<E>>(self, error: X) -> E {
        error.fails_into()
    }
    /// A written `Ok(value)` or `Err(error)`.
    #[inline(always)]
    pub fn written<V>(self, result: Result<V, E>) -> Result<V, E> {
        result
    }
    /// A tail that is no `Result`.
    #[inline(always)]
    pub fn value_of_leaf<V>(self, value: V) -> Result<V, E> {
        Ok(value)
    }
    /// A tail whose type decides.
    #[inline(always)]
    pub fn tail<S, Which>(self, split: S) -> Result<S::Value, E>
    where
        S: Ends<E>,
        S::Inner: AResultInAResult<Which>, // Its error would be lost: end with `inner?`, or hand it on with `Ok(..)`.
    {
        split.ends()
    }
    /// The meaning of the tail.
    #[inline(always)]
    pub fn opened<V>(self, tail: Result<V, E>) -> ControlFlow<Result<Infallible, E>, V> {
        match tail {
            Ok(value) => ControlFlow::Continue(value),
            Err(error) => ControlFlow::Break(Err(error)),
        }
    }
    /// The value of the group.
    #[inline(always)]
    pub fn value<V>(self, value: V) -> Result<V, E> {
        Ok(value)
    }
    /// The failure of the group.
    #[inline(always)]
    pub fn fail<V>(self, error: E) -> Result<V, E> {
        Err(error)
    }
    /// Never runs: the body has failed, and not left the function.
    #[inline(always)]
    pub fn returned<R>(self, _: Result<Infallible, E>) -> R {
        unreachable!("a failure is the group's")
    }
}

impl Another {
    /// Of a child's own groups, whose bodies end the child.
    #[inline(always)]
    pub fn in_child(self) -> AResult<NoError> {
        AResult(PhantomData)
    }
    /// The value with which `?` leaves the body, in dead code.
    pub fn left<R>(self, _: PhantomData<fn() -> R>) -> R {
        unreachable!("stands in dead code only")
    }
    /// The same if the function's type cannot be written.
    pub fn left_inferred<R>(self) -> R {
        unreachable!("stands in dead code only")
    }
    /// A value as any other.
    #[inline(always)]
    pub fn failed<X>(self, error: X) -> X {
        error
    }
    /// A value as any other.
    #[inline(always)]
    pub fn written<T>(self, value: T) -> T {
        value
    }
    /// A value as any other.
    #[inline(always)]
    pub fn value_of_leaf<V>(self, value: V) -> V {
        value
    }
    /// A value as any other.
    #[inline(always)]
    pub fn tail<S: Whole>(self, split: S) -> S::Whole {
        split.whole()
    }
    /// The meaning of the tail: it is the value.
    #[inline(always)]
    pub fn opened<V, L>(self, tail: V) -> ControlFlow<L, V> {
        ControlFlow::Continue(tail)
    }
    /// The value of the group.
    #[inline(always)]
    pub fn value<V>(self, value: V) -> V {
        value
    }
    /// Never runs.
    #[inline(always)]
    pub fn fail<V>(self, error: NoError) -> V {
        match error {}
    }
    /// The value with which the function is left.
    #[inline(always)]
    pub fn returned<R>(self, left: R) -> R {
        left
    }
}

/// Children may fail if the function around returns a `Result`.
#[diagnostic::on_unimplemented(
    message = "a child cannot fail here: its group has no error type",
    label = "this leaves the child with an error",
    note = "handle the error in the child, return a `Result` from the function around the group, or write `group!(error = E => ..)`"
)]
pub trait MayFail {}

impl<E> MayFail for AResult<E> {}

/// In dead code of a child that uses `?`.
pub fn child_may_fail<K: MayFail>(_: K) {}

/// An error that a child can end with.
#[diagnostic::on_unimplemented(
    message = "a child cannot fail here: its group has no error type",
    label = "this child ends with an error of type `{Self}`",
    note = "handle the error in the child, return a `Result` from the function around the group, or write `group!(error = E => ..)`",
    note = "to hand the `Result` to `join()` as a value, end the child with `Ok(..)`"
)]
pub trait FailsAs<K: Kind> {
    /// The group's error.
    fn fails_as(self) -> K::Error;
}

impl<X: FailsInto<E>, E> FailsAs<AResult<E>> for X {
    #[inline(always)]
    fn fails_as(self) -> E {
        self.fails_into()
    }
}

/// No answer: it keeps rustc from assuming the only one with errors.
#[derive(Clone, Copy)]
pub struct Neither;

impl Kind for Neither {
    type Error = Infallible;
}

#[diagnostic::do_not_recommend]
impl<X> FailsAs<Neither> for X {
    fn fails_as(self) -> Infallible {
        unreachable!("there is no such answer")
    }
}

/// The error of a written `Err(error)` of a child.
#[inline(always)]
pub fn child_fails<K: Kind, X: FailsAs<K>>(_: K, error: X) -> K::Error {
    error.fails_as()
}

impl<V, X> Failing<V, X> {
    /// The result of a child.
    #[inline(always)]
    pub fn finish_as<K: Kind, Which>(self, _: K) -> Result<V, K::Error>
    where
        X: FailsAs<K>,
        V: AResultInAResult<Which>, // Its error would be lost: end with `inner?`, or hand it on with `Ok(..)`.
    {
        self.0.map_err(X::fails_as)
    }
}

impl<V> Plainly<V> {
    /// The value is the result of a child.
    #[inline(always)]
    pub fn finish_as<K: Kind>(self, _: K) -> Result<V, K::Error> {
        Ok(self.0)
    }
}
