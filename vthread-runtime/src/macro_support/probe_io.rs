//! The probe of the names of the traits of `vthread::io`: it has more answers than the others.
//! These names are few.

use super::choice::{IsCall, IsPlain};
use super::io_names::IoSuspends;
use super::probe::Tag;
use crate::base::type_question::{Asked, answers, ask};
use crate::task::call::{Call, Suspends};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// Does a call of such a name suspend?
#[allow(clippy::type_complexity)]
pub struct IoProbe<const NAME: u64, T: ?Sized, X>(
    PhantomData<(fn() -> *const T, fn() -> *const X)>,
);

/// Asks this question about the types of the other one.
pub fn io<const NAME: u64, T: ?Sized, X>(_: &Tag<NAME, T, X>) -> Asked<IoProbe<NAME, T, X>, 0> {
    ask()
}

answers! {
    /// The receiver has the trait, and the name is one of the trait's.
    0 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: IoSuspends<NAME> } => IsCall<F>;
    /// The receiver's type has a method of its own.
    1 [const NAME: u64, T: ?Sized + Suspends<NAME>, R, F: Future] IoProbe<NAME, T, Call<R, F>> => IsCall<F>;
    /// The receiver is a pointer to a type that has the trait: in generic code, and to a `dyn`
    /// type.
    2 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: IoSuspends<NAME>> } => IsCall<F>;
    /// The receiver is a user's smart pointer to a type that has the method.
    3 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Suspends<NAME>> } => IsCall<F>;
    /// A pointer to a pointer to a type that has the trait.
    4 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: IoSuspends<NAME>>> } => IsCall<F>;
    /// Two pointers to a type that has the method.
    5 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Suspends<NAME>>> } => IsCall<F>;
    /// Three pointers: an `&Arc<_>` of a user's smart pointer.
    6 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>> } => IsCall<F>;
    /// An ordinary call.
    7 [const NAME: u64, T: ?Sized, X] IoProbe<NAME, T, X> => IsPlain;
}
