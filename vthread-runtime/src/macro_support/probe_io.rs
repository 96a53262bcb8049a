//! The probe of the names that `vthread::io` has on types of `futures-io`: one yes more than the others have.
//!
//! Here lookup starts at `&&&&&tag`, and each yes stands one dereference before the next. Every trait is
//! asked at every step, which costs the user's compiler as much again as all the rest of a probe;
//! but these names are few.

use super::choice::{Choice, IsCall, IsPlain};
use super::probe::Tag;
use crate::group::call::{Call, Suspends};
use std::future::Future;
use std::ops::Deref;

macro_rules! yes {
    ($(#[$doc:meta])* $name:ident for $tag:ty where $($bound:tt)*) => {
        $(#[$doc])*
        pub trait $name<F> {
            /// The choice, as a type.
            fn __vthread_which_io(&self) -> IsCall<F>;
        }
        impl<const NAME: u64, T: ?Sized, R, F: Future> $name<F> for $tag where $($bound)* {
            #[inline(always)]
            fn __vthread_which_io(&self) -> IsCall<F> {
                IsCall::IT
            }
        }
    };
}

yes! {
    /// The receiver is a `futures-io` type and the name is one of `vthread::io`'s.
    YesIo for &&&&&Tag<NAME, T, Call<R, F>> where T: super::io_names::IoSuspends<NAME>
}
yes! {
    /// The receiver's type has the method.
    IoYes for &&&&Tag<NAME, T, Call<R, F>> where T: Suspends<NAME>
}
yes! {
    /// The receiver is a user's smart pointer to a type that has the method.
    IoYesThroughOne for &&&Tag<NAME, T, Call<R, F>> where T: Deref<Target: Suspends<NAME>>
}
yes! {
    /// The same through two pointers.
    IoYesThroughTwo for &&Tag<NAME, T, Call<R, F>> where T: Deref<Target: Deref<Target: Suspends<NAME>>>
}

yes! {
    /// The same through three pointers: an `&Arc<_>` of a user's smart pointer.
    IoYesThroughThree for &Tag<NAME, T, Call<R, F>>
    where T: Deref<Target: Deref<Target: Deref<Target: Suspends<NAME>>>>
}

/// Found last: an ordinary call.
pub trait IoNo {
    /// The choice, as a type.
    fn __vthread_which_io(&self) -> IsPlain;
}

impl<const NAME: u64, T: ?Sized, X> IoNo for Tag<NAME, T, X> {
    #[inline(always)]
    fn __vthread_which_io(&self) -> IsPlain {
        IsPlain::IT
    }
}
