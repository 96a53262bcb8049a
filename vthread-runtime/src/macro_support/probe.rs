//! The receiver probe: does this method call suspend?
//!
//! A proc macro sees no types, so `recv.m(args)` is made as written and its result goes through
//! a zero-sized [`Tag`] which the compiler fills with the receiver's and the result's types. Method
//! lookup on `&&&&&tag` then finds `Yes` before `No`: the call suspends if the receiver's type has a
//! suspending method of this name *and* the result is a [`Call`].

use super::choice::{IsCall, IsPlain, NotCall, NotPlain, Which};
use crate::group::call::{Call, Suspends};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// The name's hash, the receiver's type, the result's type. All but the first are inferred.
#[allow(clippy::type_complexity)]
pub struct Tag<const NAME: u64, T: ?Sized, X>(
    pub PhantomData<(fn() -> *const T, fn() -> *const X)>,
);

impl<const NAME: u64, T: ?Sized, X> Tag<NAME, T, X> {
    /// Says that the receiver is of this place's type.
    #[inline(always)]
    pub fn of(&self, _: &T) {}
    /// The same for a field, which may lie in a packed structure.
    #[inline(always)]
    pub fn of_raw(&self, _: *const T) {}
    /// Says that the result is of this value's type.
    #[inline(always)]
    pub fn res(&self, _: &X) {}
}

impl<const NAME: u64, T, X> Tag<NAME, T, X> {
    /// Says that the receiver is of this value's type, and hands the value on.
    #[inline(always)]
    pub fn pass(&self, value: T) -> T {
        value
    }
}

/// Remembers the type of a value, to rebuild a copy of a place expression that never runs.
pub struct Ty<T>(pub PhantomData<fn() -> T>);

impl<T> Ty<T> {
    /// Hands the value on and remembers its type.
    #[inline(always)]
    pub fn pass(&self, value: T) -> T {
        value
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

macro_rules! yes {
    ($(#[$doc:meta])* $name:ident for $tag:ty where $($bound:tt)*) => {
        $(#[$doc])*
        pub trait $name<F> {
            /// The choice, as a type.
            fn __vthread_which(&self) -> Which<NotPlain<F>, IsCall<F>>;
        }
        impl<const NAME: u64, T: ?Sized, F: Future> $name<F> for $tag where $($bound)* {
            #[inline(always)]
            fn __vthread_which(&self) -> Which<NotPlain<F>, IsCall<F>> {
                Which::Call(IsCall(PhantomData))
            }
        }
    };
}

yes! {
    /// The receiver is a `futures-io` type and the name is one of `vthread::io`'s.
    YesIo for &&&&&Tag<NAME, T, Call<F>> where T: super::io_names::IoSuspends<NAME>
}
yes! {
    /// The receiver's type has the method.
    Yes for &&&&Tag<NAME, T, Call<F>> where T: Suspends<NAME>
}
yes! {
    /// The receiver is a user's smart pointer to a type that has the method.
    YesThroughOne for &&&Tag<NAME, T, Call<F>> where T: Deref<Target: Suspends<NAME>>
}
yes! {
    /// The same through two pointers.
    YesThroughTwo for &&Tag<NAME, T, Call<F>> where T: Deref<Target: Deref<Target: Suspends<NAME>>>
}

yes! {
    /// The same through three pointers: an `&Arc<_>` of a user's smart pointer.
    YesThroughThree for &Tag<NAME, T, Call<F>>
    where T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>>
}

/// Found last: an ordinary call.
pub trait No<X> {
    /// The choice, as a type.
    fn __vthread_which(&self) -> Which<IsPlain<X>, NotCall<X>>;
}

impl<const NAME: u64, T: ?Sized, X> No<X> for Tag<NAME, T, X> {
    #[inline(always)]
    fn __vthread_which(&self) -> Which<IsPlain<X>, NotCall<X>> {
        Which::Plain(IsPlain(PhantomData))
    }
}
