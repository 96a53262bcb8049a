//! The receiver probe: does this method call suspend?
//!
//! A proc macro sees no types, so `recv.m(args)` is made as written, and in dead code beside it a
//! zero-sized [`Tag`] takes the receiver's and the result's types. Method
//! lookup on `(&tag)` then finds a yes before the no: the call suspends if the receiver's type has a
//! suspending method of this name *and* the result is a [`Call`].
//!
//! The lookup is most of what a probe costs the user's compiler, since each trait is asked at each step.
//! So the yes that is nearly always right is an inherent method, which is found with no trait at all,
//! and the others differ in how they take `self`, not in the number of `&`: lookup asks, in this order,
//!
//! 1. the inherent method of `Tag`, by `&self`;
//! 2. `YesThroughOne` of `Tag`, by `&self`;
//! 3. `YesThroughTwo` of `&Tag`, by `&self`;
//! 4. `YesThroughThree` of `&Tag`, by `&mut self`;
//! 5. `No` of `Tag`, by `self`, after a dereference.

use super::blocking::Across;
use super::choice::{Choice, IsCall, IsPlain};
use crate::group::call::{Call, Suspends};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// The name's hash, the receiver's type, the result's type.
#[allow(clippy::type_complexity)]
pub struct Tag<const NAME: u64, T: ?Sized, X>(
    pub PhantomData<(fn() -> *const T, fn() -> *const X)>,
);

impl<const NAME: u64, T: ?Sized, X> Copy for Tag<NAME, T, X> {}
impl<const NAME: u64, T: ?Sized, X> Clone for Tag<NAME, T, X> {
    fn clone(&self) -> Self {
        *self
    }
}

/// The tag of a call whose receiver is a place.
#[inline(always)]
pub fn tag<const NAME: u64, T: ?Sized, X>(_: &T, _: &X) -> Tag<NAME, T, X> {
    Tag(PhantomData)
}

/// The tag of a call whose receiver is a field, which may lie in a packed structure.
#[inline(always)]
pub fn tag_of_raw<const NAME: u64, T: ?Sized, X>(_: *const T, _: &X) -> Tag<NAME, T, X> {
    Tag(PhantomData)
}

/// The tag of a call whose receiver is a value, of which the type was remembered.
#[inline(always)]
pub fn tag_of_value<const NAME: u64, T, X>(_: &Ty<T>, _: &X) -> Tag<NAME, T, X> {
    Tag(PhantomData)
}

/// The tag of a type-relative call, of which only the result's type decides.
#[inline(always)]
pub fn tag_of_result<X>(_: &X) -> Tag<0, Unnamed, X> {
    Tag(PhantomData)
}

/// Remembers the type of a value: of a receiver, or to rebuild a place expression in code that never runs.
///
/// `T` is known later, and may be the last of a long chain that is: what it must be is asked where it is known.
pub struct Ty<T: ?Sized>(PhantomData<fn() -> *const T>);

/// Remembers no type yet.
#[inline(always)]
pub fn ty<T: ?Sized>() -> Ty<T> {
    Ty(PhantomData)
}

impl<T> Ty<T> {
    /// Hands the value on and remembers its type.
    #[inline(always)]
    pub fn pass(&self, value: T) -> T {
        value
    }
    /// Says that what is in a value of the remembered type lives where this choice is made.
    pub fn across<K>(&self, _: &K) -> Across<T, K> {
        Across(PhantomData)
    }
    /// A value of the remembered type, for code that never runs.
    pub fn any(&self) -> T {
        unreachable!("stands in dead code only")
    }
}

/// The receiver type of a type-relative call: there only the result's type decides.
pub struct Unnamed;

#[diagnostic::do_not_recommend]
impl<const NAME: u64> Suspends<NAME> for Unnamed {}

impl<const NAME: u64, T: ?Sized + Suspends<NAME>, R, F: Future> Tag<NAME, T, Call<R, F>> {
    /// The receiver's type has the method.
    #[inline(always)]
    pub fn __vthread_which(&self) -> IsCall<F> {
        IsCall::IT
    }
}

/// The receiver is a user's smart pointer to a type that has the method.
pub trait YesThroughOne<F> {
    /// The choice, as a type.
    fn __vthread_which(&self) -> IsCall<F>;
}

impl<const NAME: u64, T: ?Sized, R, F: Future> YesThroughOne<F> for Tag<NAME, T, Call<R, F>>
where
    T: Deref<Target: Suspends<NAME>>,
{
    #[inline(always)]
    fn __vthread_which(&self) -> IsCall<F> {
        IsCall::IT
    }
}

/// The same through two pointers.
pub trait YesThroughTwo<F> {
    /// The choice, as a type.
    fn __vthread_which(&self) -> IsCall<F>;
}

impl<const NAME: u64, T: ?Sized, R, F: Future> YesThroughTwo<F> for &Tag<NAME, T, Call<R, F>>
where
    T: Deref<Target: Deref<Target: Suspends<NAME>>>,
{
    #[inline(always)]
    fn __vthread_which(&self) -> IsCall<F> {
        IsCall::IT
    }
}

/// The same through three pointers: an `&Arc<_>` of a user's smart pointer.
pub trait YesThroughThree<F> {
    /// The choice, as a type.
    fn __vthread_which(&mut self) -> IsCall<F>;
}

impl<const NAME: u64, T: ?Sized, R, F: Future> YesThroughThree<F> for &Tag<NAME, T, Call<R, F>>
where
    T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>>,
{
    #[inline(always)]
    fn __vthread_which(&mut self) -> IsCall<F> {
        IsCall::IT
    }
}

/// Found last: an ordinary call.
pub trait No {
    /// The choice, as a type.
    fn __vthread_which(self) -> IsPlain;
}

impl<const NAME: u64, T: ?Sized, X> No for Tag<NAME, T, X> {
    #[inline(always)]
    fn __vthread_which(self) -> IsPlain {
        IsPlain::IT
    }
}
