//! The receiver probe: does this method call suspend?
//!
//! A proc macro sees no types, so `recv.m(args)` is made as written, and in dead code beside it a
//! zero-sized [`Tag`] takes the receiver's and the result's types and is asked (see
//! `base/type_question.rs`): the call suspends if the receiver's type has a suspending method of
//! this name *and* the result is a [`Call`].
//!
//! The question is most of a probe's cost for the user's compiler. The yes that is nearly always
//! right comes first.

use super::blocking::{Across, Of};
use super::choice::{IsCall, IsPlain};
use crate::base::type_question::{Asked, answers, ask};
use crate::task::call::{Call, Suspends};
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// Does a call suspend? The name's hash, the receiver's type, the result's type.
#[allow(clippy::type_complexity)]
pub struct Probe<const NAME: u64, T: ?Sized, X>(PhantomData<(fn() -> *const T, fn() -> *const X)>);

/// The question.
pub type Tag<const NAME: u64, T, X> = Asked<Probe<NAME, T, X>, 0>;

/// The tag of a call whose receiver is a place.
#[inline(always)]
pub fn tag<const NAME: u64, T: ?Sized, X>(_: &T, _: &X) -> Tag<NAME, T, X> {
    ask()
}

/// The tag of a call whose receiver is a field, which may lie in a packed structure.
#[inline(always)]
pub fn tag_of_raw<const NAME: u64, T: ?Sized, X>(_: *const T, _: &X) -> Tag<NAME, T, X> {
    ask()
}

/// The tag of a call whose receiver is a value, whose type was remembered.
#[inline(always)]
pub fn tag_of_value<const NAME: u64, T, X>(_: &Ty<T>, _: &X) -> Tag<NAME, T, X> {
    ask()
}

/// The tag of a type-relative call, which only the result's type decides.
#[inline(always)]
pub fn tag_of_result<X>(_: &X) -> Tag<0, Unnamed, X> {
    ask()
}

/// Remembers the type of a value: of a receiver, or to rebuild a place expression in code that
/// never runs.
///
/// `T` is known later, and may be the last of a long chain that is: its bounds are checked where it
/// is known.
pub struct Ty<T: ?Sized>(PhantomData<fn() -> *const T>);

impl<T> Copy for Ty<T> {}
impl<T> Clone for Ty<T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Remembers no type yet.
#[inline(always)]
pub fn ty<T: ?Sized>() -> Ty<T> {
    Ty(PhantomData)
}

impl<T> Ty<T> {
    /// Passes the value on and remembers its type.
    #[inline(always)]
    pub fn pass(self, value: T) -> T {
        value
    }
    /// Asks about the contents of a value of the remembered type, at the place of this choice.
    pub fn across<K, KEY>(self, _: &K) -> Asked<Of<KEY, Across<T, K>>, 0> {
        ask()
    }
    /// A value of the remembered type, for code that never runs.
    pub fn any(self) -> T {
        unreachable!("stands in dead code only")
    }
}

/// The answer for a call of a type's own plain method, in dead code of a module: the macro has read
/// the method in the module, and takes calls of it for plain.
#[diagnostic::on_unimplemented(
    message = "a vthread method takes precedence here over the type's own plain method of this name",
    label = "which one is meant?",
    note = "write the call with its path, `Type::method(&value, ..)` or `Trait::method(&value, ..)`"
)]
pub trait OwnMethod {}

#[diagnostic::do_not_recommend]
impl OwnMethod for IsPlain {}

/// Accepts that answer only.
pub fn is_own_method<K: OwnMethod>(_: K) {}

/// The receiver type of a type-relative call: there only the result's type decides.
pub struct Unnamed;

#[diagnostic::do_not_recommend]
impl<const NAME: u64> Suspends<NAME> for Unnamed {}

answers! {
    /// The receiver's type has the method.
    0 [const NAME: u64, T: ?Sized + Suspends<NAME>, R, F: Future] Probe<NAME, T, Call<R, F>> => IsCall<F>;
    /// The receiver is a user's smart pointer to a type that has the method.
    1 [const NAME: u64, T: ?Sized, R, F: Future] Probe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Suspends<NAME>> } => IsCall<F>;
    /// The same through two pointers.
    2 [const NAME: u64, T: ?Sized, R, F: Future] Probe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Suspends<NAME>>> } => IsCall<F>;
    /// The same through three pointers: an `&Arc<_>` of a user's smart pointer.
    3 [const NAME: u64, T: ?Sized, R, F: Future] Probe<NAME, T, Call<R, F>>
        where { T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>> } => IsCall<F>;
    /// An ordinary call.
    4 [const NAME: u64, T: ?Sized, X] Probe<NAME, T, X> => IsPlain;
}
