//! `for` in vthread code: does a step of the loop suspend?
//!
//! The loop stays a `for`. Its operand goes through a zero-sized [`Head`], which the compiler fills
//! with its type, and which answers with three parts: the kind of loop, the operand of the `for`,
//! and the source of a suspending loop's items. Of a plain loop the second is the user's value and
//! the third is nothing; of a suspending one the `for` only ticks.

use super::choice::{IsCall, IsPlain};
use crate::base::type_question::{Answer, Asked, answers, ask};
use crate::call::for_loop::IntoSuspendingIter;
use crate::scoped::await_future::await_future;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use futures_core::Stream;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;

/// What kind of loop is it, over a value of this type?
pub struct LoopOver<E>(PhantomData<fn() -> E>);

/// The type of a `for`'s operand.
pub type Head<E> = Asked<LoopOver<E>, 0>;

/// A loop over an operand whose type is not known yet.
#[inline(always)]
pub fn head<E>() -> Head<E> {
    ask()
}

impl<E> Head<E> {
    /// Determines the type by this value, and passes the value on.
    #[inline(always)]
    pub fn pass(self, value: E) -> E {
        value
    }
}

/// The loop is over an iterator: each item is the value.
#[derive(Clone, Copy)]
pub struct PlainLoop;

impl PlainLoop {
    /// The source, which errors do not describe as a variable.
    #[inline(always)]
    pub fn source<S>(self, source: &mut S) -> &mut S {
        source
    }
    /// Whether the `for` has the item.
    #[inline(always)]
    pub fn is_plain(self) -> bool {
        true
    }
    /// The item.
    #[inline(always)]
    pub fn plain<X>(self, item: X) -> X {
        item
    }
    /// The choice of a step. Never runs.
    #[inline(always)]
    pub fn which(self) -> IsPlain {
        IsPlain::IT
    }
}

/// The loop is over a value whose `next` suspends.
#[derive(Clone, Copy)]
pub struct SuspendingLoop;

impl SuspendingLoop {
    /// The source, which errors do not describe as a variable.
    #[inline(always)]
    pub fn source<S>(self, source: &mut S) -> &mut S {
        source
    }
    /// Whether the `for` has the item.
    #[inline(always)]
    pub fn is_plain(self) -> bool {
        false
    }
    /// Never runs: the `for` only ticks.
    #[inline(always)]
    pub fn plain<X>(self, _: ()) -> X {
        unreachable!("the items are those of `next`")
    }
    /// The choice of a step.
    #[inline(always)]
    pub fn which<F: Future>(self) -> IsCall<F> {
        IsCall::IT
    }
}

/// The loop is over a reference to such a value. An `Iterator` is one by reference too, with a
/// `next` that would come first: so the method is called on the value itself.
#[derive(Clone, Copy)]
pub struct SuspendingLoopByReference;

impl SuspendingLoopByReference {
    /// The source.
    #[inline(always)]
    pub fn source<'s, S: ?Sized>(self, source: &'s mut &mut S) -> &'s mut S {
        source
    }
    /// Whether the `for` has the item.
    #[inline(always)]
    pub fn is_plain(self) -> bool {
        false
    }
    /// Never runs: the `for` only ticks.
    #[inline(always)]
    pub fn plain<X>(self, item: ()) -> X {
        SuspendingLoop.plain(item)
    }
    /// The choice of a step.
    #[inline(always)]
    pub fn which<F: Future>(self) -> IsCall<F> {
        IsCall::IT
    }
}

/// The source of a plain loop's items, which is never used.
pub struct NoSource;

impl NoSource {
    /// Never runs. Has the shape of a `next`.
    #[allow(clippy::should_implement_trait)]
    #[inline(always)]
    pub fn next<X>(&mut self) -> Option<X> {
        None
    }
}

/// The operand of a suspending loop's `for`: the loop ends by itself.
pub struct Ticks;

impl Iterator for Ticks {
    type Item = ();
    #[inline(always)]
    fn next(&mut self) -> Option<()> {
        Some(())
    }
}

/// How a loop over an `E` goes.
pub trait Steps<E>: Answer {
    /// The kind of loop.
    type Kind;
    /// The operand of the `for`.
    type Over;
    /// The source of the items.
    type Source;
    /// The parts of the loop.
    fn parts(self, over: E) -> (Self::Kind, Self::Over, Self::Source);
}

/// The parts of the loop, as `K` decides.
#[inline(always)]
pub fn steps<K: Steps<E>, E>(kind: K, over: E) -> (K::Kind, K::Over, K::Source) {
    kind.parts(over)
}

answers! {
    /// A type of the library's own.
    0 [E: IntoSuspendingIter] LoopOver<E> => OwnSteps;
    /// A reference that std's `for` can iterate over: its target may have a `next` of its own, but
    /// the loop is over the reference.
    1 ['a, T: ?Sized] LoopOver<&'a T> where { &'a T: IntoIterator } => PlainSteps;
    /// A reference to a value with a suspending `next`.
    2 ['a, T: ?Sized + Suspends<{ name_hash("next") }>] LoopOver<&'a mut T> => StepsByReference;
    /// A type with a suspending `next`, which comes before an `Iterator` of the same type.
    3 [E: Suspends<{ name_hash("next") }>] LoopOver<E> => StepsByNext;
    /// A stream, which comes before an `Iterator` of the same type too.
    4 [E: Stream + Unpin] LoopOver<E> => StepsOfStream;
    /// One that has to stay where it is.
    5 [E: Stream] LoopOver<E> => StepsOfPinned;
    /// An iterator, or rustc reports that it is none.
    6 [E] LoopOver<E> => PlainSteps;
}

/// Over a type of the library's own.
pub struct OwnSteps;

impl Answer for OwnSteps {
    const IT: Self = OwnSteps;
}

impl<E: IntoSuspendingIter> Steps<E> for OwnSteps {
    type Kind = SuspendingLoop;
    type Over = Ticks;
    type Source = E::Steps;
    #[inline(always)]
    fn parts(self, over: E) -> (SuspendingLoop, Ticks, E::Steps) {
        (SuspendingLoop, Ticks, over.into_steps())
    }
}

/// Over a value with a suspending `next`.
pub struct StepsByNext;

impl Answer for StepsByNext {
    const IT: Self = StepsByNext;
}

impl<E> Steps<E> for StepsByNext {
    type Kind = SuspendingLoop;
    type Over = Ticks;
    type Source = E;
    #[inline(always)]
    fn parts(self, over: E) -> (SuspendingLoop, Ticks, E) {
        (SuspendingLoop, Ticks, over)
    }
}

/// Over a reference to such a value.
pub struct StepsByReference;

impl Answer for StepsByReference {
    const IT: Self = StepsByReference;
}

impl<'a, T: ?Sized> Steps<&'a mut T> for StepsByReference {
    type Kind = SuspendingLoopByReference;
    type Over = Ticks;
    type Source = &'a mut T;
    #[inline(always)]
    fn parts(self, over: &'a mut T) -> (SuspendingLoopByReference, Ticks, &'a mut T) {
        (SuspendingLoopByReference, Ticks, over)
    }
}

/// Over a stream.
pub struct StepsOfStream;

impl Answer for StepsOfStream {
    const IT: Self = StepsOfStream;
}

impl<E: Stream + Unpin> Steps<E> for StepsOfStream {
    type Kind = SuspendingLoop;
    type Over = Ticks;
    type Source = StreamSteps<E>;
    #[inline(always)]
    fn parts(self, over: E) -> (SuspendingLoop, Ticks, StreamSteps<E>) {
        (SuspendingLoop, Ticks, StreamSteps(over))
    }
}

/// Over a stream on the heap, where it stays.
pub struct StepsOfPinned;

impl Answer for StepsOfPinned {
    const IT: Self = StepsOfPinned;
}

impl<E: Stream> Steps<E> for StepsOfPinned {
    type Kind = SuspendingLoop;
    type Over = Ticks;
    type Source = StreamSteps<Pin<Box<E>>>;
    #[inline(always)]
    fn parts(self, over: E) -> (SuspendingLoop, Ticks, StreamSteps<Pin<Box<E>>>) {
        (SuspendingLoop, Ticks, StreamSteps(Box::pin(over)))
    }
}

/// The steps of a stream.
pub struct StreamSteps<S>(S);

impl<S: Stream + Unpin> StreamSteps<S> {
    /// The next item.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Call<Option<S::Item>, impl Future<Output = Option<S::Item>>> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            await_future(poll_fn(|cx| Pin::new(&mut self.0).poll_next(cx))).await
        })
    }
}

/// As in plain code.
pub struct PlainSteps;

impl Answer for PlainSteps {
    const IT: Self = PlainSteps;
}

impl<E> Steps<E> for PlainSteps {
    type Kind = PlainLoop;
    type Over = E;
    type Source = NoSource;
    #[inline(always)]
    fn parts(self, over: E) -> (PlainLoop, E, NoSource) {
        (PlainLoop, over, NoSource)
    }
}
