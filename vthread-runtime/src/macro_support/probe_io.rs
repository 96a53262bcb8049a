//! The probe of the names that `vthread::io` has on types of `futures-io`: one yes more than the others have. These
//! names are few.

use super::choice::{IsCall, IsPlain};
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
    /// The receiver is a `futures-io` type and the name is one of `vthread::io`'s.
    0 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: super::io_names::IoSuspends<NAME> } => IsCall<F>;
    /// The receiver's type has the method.
    1 [const NAME: u64, T: ?Sized + Suspends<NAME>, R, F: Future] IoProbe<NAME, T, Call<R, F>> => IsCall<F>;
    /// The receiver is a user's smart pointer to a type that has the method.
    2 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Suspends<NAME>> } => IsCall<F>;
    /// The same through two pointers.
    3 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Suspends<NAME>>> } => IsCall<F>;
    /// The same through three pointers: an `&Arc<_>` of a user's smart pointer.
    4 [const NAME: u64, T: ?Sized, R, F: Future] IoProbe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>> } => IsCall<F>;
    /// An ordinary call.
    5 [const NAME: u64, T: ?Sized, X] IoProbe<NAME, T, X> => IsPlain;
}
