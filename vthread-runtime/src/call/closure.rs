//! Vthread closures: the values of `closure!`, and the bound by which a function takes one.
//!
//! Inside is an async closure, which would give a frame to any caller. So it is private, only the
//! macro can wrap one, and a call returns a [`Call`] as every vthread method does. std's `AsyncFn`
//! does not tell whether its futures are `Send`; `FnOnce` does, so each call takes a clone: a few
//! references, unless the closure is a `move` one.

#![allow(unsafe_code)] // What the macro wraps comes by an unsafe entry point.

use crate::group::infallible::NoError;
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

/// A closure that suspends, made by `closure!`.
///
/// Functions take one as `impl` [`VthreadFn`]. It can be called any number of times, also from
/// several vthreads at once.
pub struct Closure<F, K> {
    code: F,
    /// Invariant: with a variance, rustc would not infer the types of a closure's parameters.
    #[allow(clippy::type_complexity)]
    _exactly: PhantomData<(fn(F) -> F, fn(K) -> K)>,
}

impl<F, K> Closure<F, K> {
    /// Wraps the code of a `closure!`.
    ///
    /// # Safety
    /// - `code` was made by `closure!` of a user's closure: its futures are frames.
    #[doc(hidden)]
    pub unsafe fn new(code: F) -> Self {
        Closure {
            code,
            _exactly: PhantomData,
        }
    }
}

/// A closure of `closure!` that takes `A`.
///
/// A vthread function that takes a callback names it as its bound, and calls it by
/// [`call`](VthreadFn::call). One argument is `A` itself; none is `()`, and several are a tuple.
///
/// ```ignore
/// #[vthread]
/// fn retry<T>(n: u32, attempt: impl VthreadFn<u32, Output = Option<T>>) -> Option<T> {
///     for i in 0..n {
///         if let Some(value) = attempt.call(i) { // suspends
///             return Some(value);
///         }
///     }
///     None
/// }
/// ```
///
/// It may borrow from its environment. For an argument that is a reference of any lifetime the
/// bound is `impl for<'a> VthreadFn<&'a str>`, and the closure names the type: `closure!(|text:
/// &str| ..)`.
///
/// Only `closure!` makes values of this kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no vthread closure that takes `{A}`",
    label = "expected `closure!(|..| ..)` with an argument of type `{A}`",
    note = "several arguments are a tuple: `closure!(|a, b| ..)` is a `VthreadFn<(A, B)>`",
    note = "the closure and all that lives in it across a suspension is `Send`; it captures nothing by a \
            mutable reference, and a `move` closure only what is `Clone`"
)]
pub trait VthreadFn<A>: Suspends<{ name_hash("call") }> {
    /// The return type.
    type Output;

    #[doc(hidden)]
    type Ends;

    /// Calls the closure.
    ///
    /// # Suspends
    /// As the closure does.
    ///
    /// # Cancellation
    /// As in the closure: the call is a part of the vthread that makes it.
    ///
    /// # Panics
    /// As the closure does.
    fn call(
        &self,
        arguments: A,
    ) -> Call<Self::Output, impl Future<Output = Self::Output> + Send + use<Self, A>>;
}

#[diagnostic::do_not_recommend]
impl<F, K> Suspends<{ name_hash("call") }> for Closure<F, K> {}

impl<A, F, K, Frame> VthreadFn<A> for Closure<F, K>
where
    F: FnOnce(A) -> Frame + Clone,
    Frame: Future + Send,
{
    type Output = Frame::Output;
    type Ends = K;

    fn call(
        &self,
        arguments: A,
    ) -> Call<Self::Output, impl Future<Output = Self::Output> + Send + use<A, F, K, Frame>> {
        let code = self.code.clone();
        Call::leaf(code(arguments))
    }
}

#[diagnostic::do_not_recommend]
impl<'c, A, C: VthreadFn<A>> VthreadFn<A> for &'c C {
    type Output = C::Output;
    type Ends = C::Ends;

    fn call(
        &self,
        arguments: A,
    ) -> Call<Self::Output, impl Future<Output = Self::Output> + Send + use<'c, A, C>> {
        (**self).call(arguments)
    }
}

/// How calls of a closure end, many of them together. Chosen by `closure!` from the type that the
/// closure returns.
#[doc(hidden)]
pub trait Ends<R> {
    /// The value of a call.
    type Value: Send;
    /// The error of a failed call.
    type Error: Send;
    /// The result of all calls together.
    type All;
    /// The end of one call.
    ///
    /// # Errors
    /// That of the call.
    fn split(returned: R) -> Result<Self::Value, Self::Error>;
    /// The end of all of them.
    fn all(values: Result<Vec<Self::Value>, Self::Error>) -> Self::All;
}

/// The closure returns a `Result`: it may fail.
#[doc(hidden)]
#[derive(Debug)]
pub enum EndsByResult {}

impl<V: Send, E: Send> Ends<Result<V, E>> for EndsByResult {
    type Value = V;
    type Error = E;
    type All = Result<Vec<V>, E>;
    fn split(returned: Result<V, E>) -> Result<V, E> {
        returned
    }
    fn all(values: Result<Vec<V>, E>) -> Result<Vec<V>, E> {
        values
    }
}

/// The closure returns anything else.
#[doc(hidden)]
#[derive(Debug)]
pub enum EndsByValue {}

impl<V: Send> Ends<V> for EndsByValue {
    type Value = V;
    type Error = NoError;
    type All = Vec<V>;
    fn split(returned: V) -> Result<V, NoError> {
        Ok(returned)
    }
    fn all(values: Result<Vec<V>, NoError>) -> Vec<V> {
        match values {
            Ok(values) => values,
            Err(error) => match error {},
        }
    }
}

impl<F: Clone, K> Clone for Closure<F, K> {
    fn clone(&self) -> Self {
        Closure {
            code: self.code.clone(),
            _exactly: PhantomData,
        }
    }
}

impl<F: Copy, K> Copy for Closure<F, K> {}

impl<F, K> fmt::Debug for Closure<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closure { .. }")
    }
}
