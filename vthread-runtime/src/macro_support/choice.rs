//! The answer of a probe: a choice that has the two ways of making a call as its methods. The way
//! which is not taken is type-checked and never runs. That of a plain call ends in a value that
//! cannot exist, so that the compiler prunes its suspension point. The call itself moves once.
//!
//! Types that need not name the result of the call do not: results are full of lifetimes, which the
//! user's compiler would check for each of them.
#![allow(unsafe_code)] // Takes the frame out of a `Call`, for generated code that awaits it in place.

use super::probe::Ty;
use crate::base::type_question::Answer;
use crate::task::call::{Call, FunctionKind};
use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An ordinary call: its result is the value.
#[derive(Clone, Copy)]
pub struct IsPlain {
    /// Always `true`. A field costs the user's compiler less than a method.
    pub is_plain: bool,
}

/// A vthread call: its result is a [`Call`], to be made now.
pub struct IsCall<F> {
    /// Always `false`.
    pub is_plain: bool,
    frame: PhantomData<fn() -> F>,
}

/// The frame of a call that has none. The field is public because only visible uninhabited fields
/// let the compiler prune.
pub struct NoFrame<X>(pub Infallible, pub PhantomData<fn() -> X>);

impl<X> Future for NoFrame<X> {
    type Output = X;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<X> {
        match self.0 {}
    }
}

impl<F> Copy for IsCall<F> {}
impl<F> Clone for IsCall<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Answer for IsPlain {
    const IT: Self = IsPlain { is_plain: true };
}

impl IsPlain {
    /// Passes on a call of which the type `W` is expected.
    #[inline(always)]
    pub fn hinted<W>(self, _: Ty<W>, value: W) -> W {
        value
    }
    /// The value as it is.
    #[inline(always)]
    pub fn plain<X>(self, value: X) -> X {
        value
    }
    /// Never runs.
    ///
    /// # Safety
    /// None: it has the shape of [`IsCall::frame`].
    #[inline(always)]
    pub unsafe fn frame<X>(self, _: X) -> NoFrame<X> {
        unreachable!("a plain call has no frame")
    }
    /// Never runs.
    #[inline(always)]
    pub fn block<X>(self, value: X) -> X {
        value
    }
}

impl<F> Answer for IsCall<F> {
    const IT: Self = IsCall {
        is_plain: false,
        frame: PhantomData,
    };
}

impl<F: Future> IsCall<F> {
    /// Passes on a call that is still to be made: its result may be coerced.
    #[inline(always)]
    pub fn hinted<W, R>(self, _: Ty<W>, call: Call<R, F>) -> Call<R, F> {
        call
    }
    /// Never runs.
    #[inline(always)]
    pub fn plain<R>(self, _: Call<R, F>) -> F::Output {
        unreachable!("a vthread call is made")
    }
    /// The frame of the call.
    ///
    /// # Safety
    /// The frame is awaited in place, in a frame of the same vthread.
    #[inline(always)]
    pub unsafe fn frame<R>(self, call: Call<R, F>) -> F {
        // SAFETY: the caller keeps the contract of `frame`.
        unsafe { crate::task::call::frame(call) }
    }
    /// Makes the call and blocks.
    #[inline(always)]
    #[track_caller]
    pub fn block<R>(self, call: Call<R, F>) -> F::Output {
        call.block()
    }
}

/// The choice where a name has decided.
impl FunctionKind {
    /// Passes on a call that is still to be made: its result may be coerced.
    #[inline(always)]
    pub fn hinted<W, R, F: Future>(self, _: Ty<W>, call: Call<R, F>) -> Call<R, F> {
        call
    }
    /// Never runs.
    #[inline(always)]
    pub fn plain<R, F: Future>(self, call: Call<R, F>) -> F::Output {
        IsCall::IT.plain(call)
    }
    /// The frame of the call.
    ///
    /// # Safety
    /// As for [`IsCall::frame`].
    #[inline(always)]
    pub unsafe fn frame<R, F: Future>(self, call: Call<R, F>) -> F {
        // SAFETY: the caller keeps it.
        unsafe { IsCall::IT.frame(call) }
    }
}
