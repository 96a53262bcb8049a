//! What a method returns.
//!
//! This crate is of edition 2024, and a macro's tokens keep their edition: so `impl Future` captures every
//! lifetime in scope, as `async fn` does, in user crates of 2021 too.

/// What a companion returns, and a method that no page of a documentation shows.
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

/// What a public method returns: to rustdoc, which looks at no bodies, what its user wrote.
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

/// What a method of a trait returns. rustdoc compares the signatures of a trait and its `impl`s, which may be
/// of different crates: the page shows a `Call`.
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
