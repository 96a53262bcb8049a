//! Calls that are polled by hand, for tests of cancellation.
#![allow(unsafe_code)] // Takes the frame out of a call.

use crate::task::call::{Call, frame};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A call that is polled by hand. Dropping it cancels it.
pub(super) struct Hand<F> {
    frame: Pin<Box<F>>,
    woken: Arc<Counter>,
}

#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Makes `call`, step by step.
pub(super) fn by_hand<R, F: Future>(call: Call<R, F>) -> Hand<F> {
    Hand {
        // SAFETY: The frame of an operation of this library opens no scope, so it may be dropped at
        // any time.
        frame: Box::pin(unsafe { frame(call) }),
        woken: Arc::default(),
    }
}

/// Makes a call with a time limit, and begins to wait. One whose time is over at its first poll, as
/// it may be on a slow machine, is made again.
pub(super) fn begun<R, F: Future>(make: impl Fn() -> Call<R, F>) -> Hand<F> {
    loop {
        let mut hand = by_hand(make());
        if hand.poll().is_none() {
            return hand;
        }
    }
}

impl<F: Future> Hand<F> {
    /// Its result, if it is done.
    pub(super) fn poll(&mut self) -> Option<F::Output> {
        let waker = Waker::from(self.woken.clone());
        match self.frame.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    /// How often it was woken.
    pub(super) fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}
