//! `catch_unwind!`: a body whose panics end here.

#![allow(unsafe_code)] // Pin projection.

use super::body::{ScopedBody, with_own};
use crate::cancel::scope::{Kind, Scope};
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of a `catch_unwind!`.
pub struct CatchUnwind<B>(ScopedBody<Scope, B>);

/// A body whose panics are values. Everything open in it has closed when one is returned: the
/// scopes inside see to that.
///
/// # Safety
/// - `body` was made by `catch_unwind!`; the future is awaited by a vthread, in place.
pub unsafe fn catch_unwind<B: Future>(body: B) -> CatchUnwind<B> {
    CatchUnwind(ScopedBody::new(Scope::new(Kind::Catch), body))
}

impl<B: Future> Future for CatchUnwind<B> {
    type Output = std::thread::Result<B::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: structural pinning.
        let mut enclosure = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        with_own(cx, |running, cx| {
            match enclosure.as_mut().poll_to_end(running, cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Ok(Some(value))) => Poll::Ready(Ok(value)),
                // Cancelled: the scope around drops this future next.
                Poll::Ready(Ok(None)) => Poll::Pending,
                // The code after this must not run any more, and the panic must not be lost.
                Poll::Ready(Err(payload)) if enclosure.was_cancelled() => resume_unwind(payload),
                Poll::Ready(Err(payload)) => Poll::Ready(Err(payload)),
            }
        })
    }
}

impl<B> fmt::Debug for CatchUnwind<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CatchUnwind")
    }
}
