//! What a probe answers: a zero-sized choice whose other side is uninhabited, so that the compiler
//! prunes the suspension point of a call that does not suspend. The value itself moves once.
#![allow(unsafe_code)] // Takes the frame out of a `Call`, for generated code that awaits it in place.

use crate::group::call::Call;
use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Which of the two the call is. One side has no value.
pub enum Which<P, C> {
    /// An ordinary call: its result is the value.
    Plain(P),
    /// A vthread call: its result is a [`Call`], to be made now.
    Call(C),
}

/// Evidence of an ordinary call.
pub struct IsPlain<X>(pub PhantomData<fn() -> X>);
/// Evidence of a vthread call.
pub struct IsCall<F>(pub PhantomData<fn() -> F>);
// The fields are public because only visible uninhabited fields let the compiler prune.
/// There is none: the call is a vthread call.
pub struct NotPlain<F>(pub Infallible, pub PhantomData<fn() -> F>);
/// There is none: the call is an ordinary one.
pub struct NotCall<X>(pub Infallible, pub PhantomData<fn() -> X>);
/// The frame of a call that has none.
pub struct NoFrame<X>(pub Infallible, pub PhantomData<fn() -> X>);

impl<X> Future for NoFrame<X> {
    type Output = X;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<X> {
        match self.0 {}
    }
}

impl<X> IsPlain<X> {
    /// The value as it is.
    #[inline(always)]
    pub fn plain(self, value: X) -> X {
        value
    }
}

impl<F: Future> NotPlain<F> {
    /// Never runs.
    #[inline(always)]
    pub fn plain(self, _: Call<F>) -> F::Output {
        match self.0 {}
    }
}

impl<F: Future> IsCall<F> {
    /// The frame of the call.
    ///
    /// # Safety
    /// The frame is awaited in place, in a frame of the same vthread.
    #[inline(always)]
    pub unsafe fn frame(self, call: Call<F>) -> F {
        // SAFETY: the caller promises what `frame` asks for.
        unsafe { crate::group::call::frame(call) }
    }
    /// Makes the call and blocks.
    #[inline(always)]
    #[track_caller]
    pub fn block(self, call: Call<F>) -> F::Output {
        call.wait()
    }
}

impl<X> NotCall<X> {
    /// Never runs.
    ///
    /// # Safety
    /// None: it has the shape of [`IsCall::frame`].
    #[inline(always)]
    pub unsafe fn frame(self, _: X) -> NoFrame<X> {
        match self.0 {}
    }
    /// Never runs.
    #[inline(always)]
    pub fn block(self, _: X) -> X {
        match self.0 {}
    }
}
