//! The return types of methods.
//!
//! This crate is of edition 2024, and a macro's tokens keep their edition: so `impl Future`
//! captures every lifetime in scope, as `async fn` does, in user crates of 2021 too.

/// The return type of a companion, and of a method that rustdoc does not show.
#[doc(hidden)]
#[macro_export]
macro_rules! __call_type {
    (! $(, $send:ident)?) => {
        $crate::macro_support::call_type![$crate::macro_support::Never $(, $send)?]
    };
    ($output:ty) => {
        $crate::macro_support::Call<$output, impl ::core::future::Future<Output = $output>>
    };
    ($output:ty, Send) => {
        $crate::macro_support::Call<
            $output,
            impl ::core::future::Future<Output = $output> + ::core::marker::Send,
        >
    };
}

/// The return type of a public method: to rustdoc, which does not look at bodies, the type that the
/// user wrote.
#[doc(hidden)]
#[macro_export]
macro_rules! __shown_type {
    (! $(, $send:ident)?) => {
        ::core::cfg_select! {
            doc => { ! }
            _ => { $crate::macro_support::call_type![! $(, $send)?] }
        }
    };
    ($output:ty $(, $send:ident)?) => {
        ::core::cfg_select! {
            doc => { $output }
            _ => { $crate::macro_support::call_type![$output $(, $send)?] }
        }
    };
}

/// The return type of a trait's method. rustdoc compares the signatures of a trait and its `impl`s,
/// which may be of different crates: the page shows a `Call`.
#[doc(hidden)]
#[macro_export]
macro_rules! __shown_call_type {
    (! $(, $send:ident)?) => {
        $crate::macro_support::shown_call_type![$crate::macro_support::Never $(, $send)?]
    };
    ($output:ty $(, $send:ident)?) => {
        ::core::cfg_select! {
            doc => { $crate::macro_support::Call<$output> }
            _ => { $crate::macro_support::call_type![$output $(, $send)?] }
        }
    };
}
