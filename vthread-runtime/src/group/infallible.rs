//! Groups without an error type: the body keeps the function's own return type, so that `return`
//! and `?` in it stay as written. Its normal end is signalled through a slot.

#![allow(unsafe_code)] // The slot is shared by the body and the group, which alternate.

use super::handle::Group;
use super::lifecycle::{Exit, GroupBody};
use super::owner::Owner;
use std::cell::UnsafeCell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The error type of a group whose children cannot fail. It has no values.
///
/// It is the second parameter of a [`Group<'scope>`](Group) where none is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoError {}

impl fmt::Display for NoError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NoError {}

/// How the body of such a group ended.
#[derive(Debug)]
pub enum Infallible<C, R> {
    /// It reached its end.
    Done(C),
    /// It left the function.
    Return(R),
}

/// The place where a body leaves its value.
pub struct Slot<C>(UnsafeCell<Option<C>>);

// SAFETY: written by the body's poll and read by the group's, both by the vthread's poll.
unsafe impl<C: Send> Sync for Slot<C> {}

impl<C> Slot<C> {
    /// An empty slot.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Slot(UnsafeCell::new(None))
    }

    /// Leaves the body's value. The future stays pending: the group takes over.
    ///
    /// # Safety
    /// - Called once, by the body's last expression, which the vthread polls.
    pub unsafe fn done<R>(&self, value: C) -> Stop<R> {
        // SAFETY: the group reads after this poll, on the same thread.
        unsafe { *self.0.get() = Some(value) };
        Stop(PhantomData)
    }

    fn take(&self) -> Option<C> {
        // SAFETY: the body is not being polled.
        unsafe { (*self.0.get()).take() }
    }
}

impl<C> fmt::Debug for Slot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

/// Never ready.
#[derive(Debug)]
pub struct Stop<R>(PhantomData<fn() -> R>);

impl<R> Future for Stop<R> {
    type Output = R;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        Poll::Pending
    }
}

/// The end of a group whose body leaves its value in a slot.
#[derive(Debug)]
pub struct Slots<'a, C>(&'a Slot<C>);

impl<C, R> Exit<NoError, R> for Slots<'_, C> {
    type Said = Infallible<C, R>;
    type Output = Infallible<C, R>;
    fn ended(&self, output: R) -> Result<Infallible<C, R>, NoError> {
        Ok(Infallible::Return(output))
    }
    fn signalled(&self) -> Option<Infallible<C, R>> {
        self.0.take().map(Infallible::Done)
    }
    fn deliver(
        &self,
        result: Result<Infallible<C, R>, NoError>,
        _: &Owner<NoError>,
    ) -> Infallible<C, R> {
        match result {
            Ok(said) => said,
            Err(error) => match error {},
        }
    }
}

/// A body that may end by a slot, as a future of its own.
pub struct UntilDone<'a, C, B> {
    slot: &'a Slot<C>,
    body: B,
}

/// Ends when `body` does, or when it has left its value in `slot`.
///
/// # Safety
/// - The slot is the body's. The future is polled by a vthread, and dropped when it has ended.
pub unsafe fn until_done<C, B: Future>(slot: &Slot<C>, body: B) -> UntilDone<'_, C, B> {
    UntilDone { slot, body }
}

impl<C, B: Future> Future for UntilDone<'_, C, B> {
    type Output = Infallible<C, B::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let slot = self.slot;
        // SAFETY: structural pinning: the body is dropped in place.
        let body = unsafe { self.map_unchecked_mut(|this| &mut this.body) };
        match body.poll(cx) {
            Poll::Ready(output) => Poll::Ready(Infallible::Return(output)),
            Poll::Pending => match slot.take() {
                Some(value) => Poll::Ready(Infallible::Done(value)),
                None => Poll::Pending,
            },
        }
    }
}

impl<C, B> fmt::Debug for UntilDone<'_, C, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UntilDone")
    }
}

/// The kind of the return type of the function around a group.
pub trait Kind: Copy {
    /// The error type of groups.
    type Error;
}

/// The value of a group's body, an async block of its own, when `?` leaves it: in a function that
/// returns a `Result` only the error, since the group returns the `Result`; else the function's
/// return value, since `?` leaves the function.
pub trait Leaves<L>: Kind {
    /// A failure of the body, or the value with which the function is left.
    fn split(left: L) -> Result<L, Self::Error>;
}

/// The same where the function's return type decides whether the group has an error type.
#[derive(Debug)]
pub struct AskedSlots<'a, C, K>(&'a Slot<C>, PhantomData<fn() -> K>);

impl<C, L, K: Leaves<L>> Exit<K::Error, L> for AskedSlots<'_, C, K> {
    type Said = Infallible<C, L>;
    type Output = Result<Infallible<C, L>, K::Error>;
    fn ended(&self, left: L) -> Result<Infallible<C, L>, K::Error> {
        K::split(left).map(Infallible::Return)
    }
    fn signalled(&self) -> Option<Infallible<C, L>> {
        self.0.take().map(Infallible::Done)
    }
    fn deliver(&self, result: Self::Output, _: &Owner<K::Error>) -> Self::Output {
        result
    }
}

impl<E> Owner<E> {
    /// As `run_infallible`, for a body whose exit is decided by the answer `K`.
    ///
    /// # Safety
    /// - As for `run`; the slot is this group's.
    pub unsafe fn run_asked<'a, 'scope, C, K, B: Future>(
        &'a self,
        group: Group<'scope, E>,
        slot: &'a Slot<C>,
        _: K,
        body: B,
    ) -> GroupBody<'a, 'scope, E, B, AskedSlots<'a, C, K>, Infallible<C, B::Output>>
    where
        K: Leaves<B::Output, Error = E>,
    {
        GroupBody::new(self, group, AskedSlots(slot, PhantomData), body)
    }
}

impl Owner<NoError> {
    /// As `run`, for a body that ends by `slot`.
    ///
    /// # Safety
    /// - As for `run`; the slot is this group's.
    pub unsafe fn run_native<'a, 'scope, C, B: Future>(
        &'a self,
        group: Group<'scope, NoError>,
        slot: &'a Slot<C>,
        body: B,
    ) -> GroupBody<'a, 'scope, NoError, B, Slots<'a, C>, Infallible<C, B::Output>> {
        GroupBody::new(self, group, Slots(slot), body)
    }
}
