//! The type of a frame in a signature.

/// `impl Future<Output = R>` that captures every lifetime in scope, as `async fn` does. This crate
/// is of edition 2024, and a macro's tokens keep their edition: so it holds in user crates of 2021 too.
#[doc(hidden)]
#[macro_export]
macro_rules! __frame_type {
    ($output:ty) => { impl ::core::future::Future<Output = $output> };
    ($output:ty, Send) => { impl ::core::future::Future<Output = $output> + ::core::marker::Send };
}
