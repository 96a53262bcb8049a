//! Users' futures: `.await` in vthread code.

#![allow(unsafe_code)] // Pin projection.

use crate::task::current::{self, check_mark};
use crate::task::stack;
use std::future::{Future, IntoFuture};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Wraps an awaited value, so that nothing runs past the point of cancellation even if the future
/// would be ready.
pub fn await_future<F: IntoFuture>(future: F) -> AwaitFuture<F::IntoFuture> {
    AwaitFuture {
        future: future.into_future(),
        _never_unpin: PhantomPinned,
    }
}

/// A user's future, checked before each poll.
#[derive(Debug)]
pub struct AwaitFuture<F> {
    future: F,
    _never_unpin: PhantomPinned,
}

impl<F: Future> Future for AwaitFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        ready!(check_mark(cx));
        // SAFETY: structural pinning: the field is not moved, and dropped in place.
        let future = unsafe { self.map_unchecked_mut(|this| &mut this.future) };
        let polled = current::with(|running| match running {
            Some(running) => running.in_foreign(|| future.poll(cx)),
            None => future.poll(cx),
        });
        // Calls inside it may wait.
        stack::goes_on();
        polled
    }
}
