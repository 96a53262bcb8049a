//! `closure!`: the types of its parameters come from the function that takes it, and what it returns
//! decides how many calls of it end together.
#![allow(unsafe_code)] // Hands the macro's promise on.

use crate::group::closure::{Closure, EndsByResult, EndsByValue};
use std::future::Future;
use std::marker::PhantomData;

/// The types of a closure that is being made.
#[allow(clippy::type_complexity)]
pub struct ClosureTag<F, K>(PhantomData<(fn(F) -> F, fn(K) -> K)>);

/// A new tag.
#[inline(always)]
pub fn closure_tag<F, K>() -> ClosureTag<F, K> {
    ClosureTag(PhantomData)
}

impl<F, K> ClosureTag<F, K> {
    /// A closure of these types, for code that never runs. It tells rustc, before it has seen the closure,
    /// what its user expects.
    pub fn any(&self) -> Closure<F, K> {
        unreachable!("stands in dead code only")
    }

    /// Says that this is the code.
    #[inline(always)]
    pub fn code(&self, code: F) -> F {
        code
    }

    /// Wraps the code.
    ///
    /// # Safety
    /// - As for [`Closure::new`].
    #[inline(always)]
    pub unsafe fn make(&self, code: F, _: PhantomData<K>) -> Closure<F, K> {
        // SAFETY: the caller promises it.
        unsafe { Closure::new(code) }
    }
}

/// What a closure returns.
pub struct Returned<R>(PhantomData<fn() -> R>);

/// What this closure returns.
#[inline(always)]
pub fn returned<F, A, Frame: Future>(_: &F) -> Returned<Frame::Output>
where
    F: FnOnce(A) -> Frame,
{
    Returned(PhantomData)
}

/// Found first: a `Result`.
pub trait ReturnsResult {
    /// How it ends.
    fn __vthread_ends(&self) -> PhantomData<EndsByResult>;
}

impl<V, E> ReturnsResult for &Returned<Result<V, E>> {
    #[inline(always)]
    fn __vthread_ends(&self) -> PhantomData<EndsByResult> {
        PhantomData
    }
}

/// Found last: anything else.
pub trait ReturnsValue {
    /// How it ends.
    fn __vthread_ends(&self) -> PhantomData<EndsByValue>;
}

impl<R> ReturnsValue for Returned<R> {
    #[inline(always)]
    fn __vthread_ends(&self) -> PhantomData<EndsByValue> {
        PhantomData
    }
}
