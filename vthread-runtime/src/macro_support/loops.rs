//! `for` in vthread code: does a step of the loop suspend?
//!
//! The loop stays a `for`. What it is over goes through a zero-sized [`Head`], which the compiler fills
//! with its type, and which answers with three parts: the kind of loop, what the `for` is over, and
//! where the items of a suspending loop come from. Of a plain loop the second is the user's value and the
//! third is nothing; of a suspending one the `for` only ticks.

use super::choice::{Choice, IsCall, IsPlain};
use crate::group::call::{Suspends, name_hash};
use crate::group::steps::IntoSteps;
use std::future::Future;
use std::marker::PhantomData;

/// The type of what a `for` is over.
pub struct Head<E>(PhantomData<fn() -> E>);

impl<E> Copy for Head<E> {}
impl<E> Clone for Head<E> {
    fn clone(&self) -> Self {
        *self
    }
}

/// A loop over something of which the type is not known yet.
#[inline(always)]
pub fn head<E>() -> Head<E> {
    Head(PhantomData)
}

impl<E> Head<E> {
    /// Says that the loop is over this value, and hands the value on.
    #[inline(always)]
    pub fn pass(&self, value: E) -> E {
        value
    }
}

/// The loop is over an iterator: each item is the value.
pub struct PlainLoop;

impl PlainLoop {
    /// The source, of which errors do not speak as of a variable.
    #[inline(always)]
    pub fn source<'a, S>(&self, source: &'a mut S) -> &'a mut S {
        source
    }
    /// Whether the `for` has the item.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        true
    }
    /// The item.
    #[inline(always)]
    pub fn plain<X>(&self, item: X) -> X {
        item
    }
    /// The choice of a step. Never runs.
    #[inline(always)]
    pub fn which(&self) -> IsPlain {
        IsPlain::IT
    }
}

/// The loop is over something whose `next` suspends.
pub struct SuspendingLoop;

impl SuspendingLoop {
    /// The source, of which errors do not speak as of a variable.
    #[inline(always)]
    pub fn source<'a, S>(&self, source: &'a mut S) -> &'a mut S {
        source
    }
    /// Whether the `for` has the item.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        false
    }
    /// Never runs: the `for` only ticks.
    #[inline(always)]
    pub fn plain<X>(&self, _: ()) -> X {
        unreachable!("the items are those of `next`")
    }
    /// The choice of a step.
    #[inline(always)]
    pub fn which<F: Future>(&self) -> IsCall<F> {
        IsCall::IT
    }
}

/// Where the items of a plain loop do not come from.
pub struct NoSource;

impl NoSource {
    /// Never runs. Has the shape of a `next`.
    #[allow(clippy::should_implement_trait)]
    #[inline(always)]
    pub fn next<X>(&mut self) -> Option<X> {
        None
    }
}

/// What the `for` of a suspending loop is over: the loop ends by itself.
pub struct Ticks;

impl Iterator for Ticks {
    type Item = ();
    #[inline(always)]
    fn next(&mut self) -> Option<()> {
        Some(())
    }
}

// Method lookup on `(&head)` finds the first of these four that fits. They differ in how they take
// `self`, as the answers of a method's probe do (`probe.rs` says why).

impl<E: IntoSteps> Head<E> {
    /// A type of the library's own.
    #[inline(always)]
    pub fn __vthread_steps(&self, value: E) -> (SuspendingLoop, Ticks, E::Steps) {
        (SuspendingLoop, Ticks, value.into_steps())
    }
}

/// A reference that std's `for` can go through: what is behind it may have a `next` of its own, but
/// the loop is over the reference.
pub trait StepsOfReference<E> {
    /// The parts of the loop.
    fn __vthread_steps(&self, value: E) -> (PlainLoop, E, NoSource);
}

impl<'a, T: ?Sized> StepsOfReference<&'a T> for Head<&'a T>
where
    &'a T: IntoIterator,
{
    #[inline(always)]
    fn __vthread_steps(&self, value: &'a T) -> (PlainLoop, &'a T, NoSource) {
        (PlainLoop, value, NoSource)
    }
}

/// A type with a suspending `next`, which comes before an `Iterator` of the same type.
pub trait StepsByNext<E> {
    /// The parts of the loop.
    fn __vthread_steps(&self, value: E) -> (SuspendingLoop, Ticks, E);
}

impl<E: Suspends<{ name_hash("next") }>> StepsByNext<E> for &Head<E> {
    #[inline(always)]
    fn __vthread_steps(&self, value: E) -> (SuspendingLoop, Ticks, E) {
        (SuspendingLoop, Ticks, value)
    }
}

/// Found last: an iterator, or rustc says that it is none.
pub trait StepsPlain<E> {
    /// The parts of the loop.
    fn __vthread_steps(self, value: E) -> (PlainLoop, E, NoSource);
}

impl<E> StepsPlain<E> for Head<E> {
    #[inline(always)]
    fn __vthread_steps(self, value: E) -> (PlainLoop, E, NoSource) {
        (PlainLoop, value, NoSource)
    }
}
