//! The frame of a function in which nothing suspends. A closure costs the user's compiler half of
//! what a state machine does.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that has not run yet.
#[allow(missing_debug_implementations)]
pub struct Unsuspending<C>(Option<C>);

/// The body moves out before it runs.
impl<C> Unpin for Unsuspending<C> {}

/// The frame of this body.
#[inline(always)]
pub fn unsuspending<R, C: FnOnce() -> R>(body: C) -> Unsuspending<C> {
    Unsuspending(Some(body))
}

impl<R, C: FnOnce() -> R> Future for Unsuspending<C> {
    type Output = R;
    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        let body = self.0.take().expect("a frame ends once");
        Poll::Ready(body())
    }
}
