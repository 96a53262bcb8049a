//! A vthread call that has not been made yet.

#![allow(unsafe_code)] // Declares the two entry points through which frames pass.

use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;

/// A call of a vthread method that has not been made yet.
///
/// `R` is the result of the call, and `F` its frame: `mutex.lock()` is a `Call<MutexGuard<'_, T>,
/// Lock<'_, T>>`. Where documentation shows `Call<R>` the frame has no name.
///
/// Inside `#[vthread]` code the call is made on the spot, so `client.get(key)?` reads like any call
/// and this type is never seen. In plain code [`block`](Call::block) makes it and blocks:
///
/// ```ignore
/// let value = client.get(key).block()?;
/// ```
#[must_use = "this call of a vthread method has not been made: write `.block()` to make it and block until done"]
pub struct Call<R, F = Boxed<'static, R>> /* In plain code, write `.block()` to make it. */ {
    frame: F,
    _gives: PhantomData<fn() -> R>,
    _never_unpin: PhantomPinned,
}

impl<R, F> Call<R, F> {
    /// The frame, for a caller that blocks until it is done.
    pub(crate) fn into_frame(self) -> F {
        self.frame
    }
}

/// The call of a function whose frame is `frame`.
///
/// # Safety
/// - The frame was made by `#[vthread]` from a function's body, and was not polled.
pub unsafe fn call<F: Future>(frame: F) -> Call<F::Output, F> {
    if crate::trace::frame_sizes::ARE_REPORTED {
        crate::trace::frame_sizes::report(&frame);
    }
    Call::leaf(frame)
}

/// The frame of a call.
///
/// # Safety
/// - It is awaited by the frame of a vthread, in place.
pub unsafe fn frame<R, F>(call: Call<R, F>) -> F {
    call.frame
}

impl<F: Future> Call<F::Output, F> {
    /// A call whose frame opens no scope: an operation of the library itself.
    pub(crate) fn leaf(frame: F) -> Self {
        Call {
            frame,
            _gives: PhantomData,
            _never_unpin: PhantomPinned,
        }
    }
}

impl<R, F> std::fmt::Debug for Call<R, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Call { .. }")
    }
}

/// The frame of a method of a `#[vthread(dyn)]` trait.
pub type Boxed<'a, R> = Pin<Box<dyn Future<Output = R> + Send + 'a>>;

/// `Self` has a suspending method whose name hashes to `NAME`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this `impl` of a vthread trait for `{Self}` is not marked `#[vthread]`",
    label = "the trait's methods suspend",
    note = "write `#[vthread]` before the `impl`: its methods then return a `Call`, as the trait's do"
)]
pub trait Suspends<const NAME: u64> {}

/// Says that the methods of these names suspend: `suspends!(File: "sync_all")`, and of a type with
/// parameters `suspends!(impl [T: AsRawFd] AsyncFd<T>: "readable")`.
macro_rules! suspends {
    (@method [$($generics:tt)*] $ty:ty: $name:literal) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> $crate::task::call::Suspends<{ $crate::task::call::name_hash($name) }>
            for $ty {}
    };
    (@all $generics:tt $ty:ty: $($name:literal)*) => {
        $($crate::task::call::suspends!(@method $generics $ty: $name);)*
    };
    (impl $generics:tt $ty:ty: $($name:literal)*) => {
        $crate::task::call::suspends!(@all $generics $ty: $($name)*);
    };
    ($ty:ty: $($name:literal)*) => { $crate::task::call::suspends!(@all [] $ty: $($name)*); };
}
pub(crate) use suspends;

/// The hash of a method's name: FNV-1a.
#[doc(hidden)]
pub const fn name_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// The kind of a function with a companion module.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct FunctionKind {
    /// Always `false`.
    pub is_plain: bool,
}

/// An item of each companion module, by which the probe recognises it.
#[doc(hidden)]
pub const __VTHREAD_KIND: FunctionKind = FunctionKind { is_plain: false };

/// A vthread function of the library, written by hand: the blocking facade, the hidden companion
/// and the module by which `#[vthread]` code finds it. `#[vthread]` makes the same three for users.
macro_rules! vthread_fn {
    ($(#[$attr:meta])* pub fn $name:ident = $companion:ident $([$($generics:tt)*])? ($($arg:ident: $ty:ty),* $(,)?) -> $output:ty $([where $($bounds:tt)*])? => $future:ty { $frame:expr }) => {
        $(#[$attr])*
        #[track_caller]
        pub fn $name $(<$($generics)*>)? ($($arg: $ty),*) -> $output $(where $($bounds)*)? {
            $companion($($arg),*).block()
        }
        #[doc(hidden)]
        pub fn $companion $(<$($generics)*>)? ($($arg: $ty),*) -> $crate::task::call::Call<$output, $future> $(where $($bounds)*)? {
            $crate::task::call::Call::leaf($frame)
        }
        #[doc(hidden)]
        pub mod $name {
            pub use super::$companion as __vthread_call;
            pub use super::$name as a_vthread_fn_and_a_plain_fn_of_this_name;
            pub use $crate::task::call::__VTHREAD_KIND;
        }
    };
}
pub(crate) use vthread_fn;
