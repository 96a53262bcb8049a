//! Users' futures: `.await` in vthread code.

#![allow(unsafe_code)] // Pin projection.

use crate::task::current::{self, check_mark};
use crate::task::stack::{self, At, Here};
use std::any::type_name;
use std::future::{Future, IntoFuture};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Wraps an awaited value, so that nothing runs past the point of cancellation even if the future
/// would be ready.
pub fn await_future<F: IntoFuture>(future: F) -> AwaitFuture<F::IntoFuture> {
    AwaitFuture {
        future: future.into_future(),
        here: At::default(),
        _never_unpin: PhantomPinned,
    }
}

/// The same, at a place that dumps show. (Not by a level around it: rustc's message about a value
/// that is no future would lose its advice.)
pub fn await_future_at<F: IntoFuture>(
    future: F,
    here: &'static Here,
) -> AwaitFuture<F::IntoFuture> {
    AwaitFuture {
        here: At::new(here),
        ..await_future(future)
    }
}

/// A user's future, checked before each poll.
#[derive(Debug)]
pub struct AwaitFuture<F> {
    future: F,
    here: At,
    _never_unpin: PhantomPinned,
}

impl<F: Future> Future for AwaitFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        ready!(check_mark(cx));
        let here = self.here;
        // SAFETY: structural pinning: the field is not moved, and dropped in place.
        let future = unsafe { self.map_unchecked_mut(|this| &mut this.future) };
        let polled = current::with(|running| match running {
            Some(running) => running.in_foreign(|| future.poll(cx)),
            None => future.poll(cx),
        });
        // Calls inside it may wait.
        stack::goes_on();
        if polled.is_pending() {
            here.waits(type_name::<F>);
        }
        polled
    }
}
