//! `closure!`: the types of its parameters come from the function that takes it, and its return
//! type decides how many calls of it end together.
#![allow(unsafe_code)] // Hands the macro's promise on.

use crate::base::type_question::{Asked, answers, ask};
use crate::call::closure::{Closure, EndsByResult, EndsByValue};
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

/// A closure of these types, for code that never runs. It tells rustc the expected types before it
/// has seen the closure.
pub fn closure_any<F, K>(_: &ClosureTag<F, K>) -> Closure<F, K> {
    unreachable!("stands in dead code only")
}

/// Declares that this is the code.
#[inline(always)]
pub fn closure_code<F, K>(_: &ClosureTag<F, K>, code: F) -> F {
    code
}

/// Wraps the code.
///
/// # Safety
/// - As for [`Closure::new`].
#[inline(always)]
pub unsafe fn closure<F, K>(_: &ClosureTag<F, K>, code: F, _: PhantomData<K>) -> Closure<F, K> {
    // SAFETY: the caller keeps the contract.
    unsafe { Closure::new(code) }
}

/// How does a closure with this return type end?
pub struct Returned<R>(PhantomData<fn() -> R>);

/// Asks about this closure.
#[inline(always)]
pub fn returned<F, A, Frame: Future>(_: &F) -> Asked<Returned<Frame::Output>, 0>
where
    F: FnOnce(A) -> Frame,
{
    ask()
}

answers! {
    /// A `Result`.
    0 [V, E] Returned<Result<V, E>> => PhantomData<EndsByResult>;
    /// Anything else.
    1 [R] Returned<R> => PhantomData<EndsByValue>;
}
