//! A level of a vthread's stack: one call of a vthread function, which has a place.
//!
//! A level refers to the called frame, and does not contain it. The frame stands beside it in the
//! caller's, as it would without a level: so rustc looks through no more types when it checks that
//! a chain of calls is `Send`, and the message about one that is not names the same things.

#![allow(unsafe_code)] // Polls the frame beside it.

use super::stack::Here;
use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The call of `frame` at the place that `here` returns.
///
/// # Safety
/// - `frame` is a variable of the frame that awaits this level on the spot; it was not polled, is
///   used for nothing else, and is dropped after the level.
#[inline(always)]
pub unsafe fn level<F: Future, S: Fn() -> &'static Here>(frame: *mut F, here: S) -> Level<F, S> {
    Level {
        frame,
        here,
        _never_unpin: PhantomPinned,
    }
}

/// The future of a call that has a place.
pub struct Level<F, S> {
    frame: *mut F,
    /// A closure without captures, so that it takes no room.
    here: S,
    _never_unpin: PhantomPinned,
}

// SAFETY: the frame is a variable beside this in the frame that awaits it (`level`), and is sent to
// another thread only with that: where `F` is not `Send`, the frame around is not either.
unsafe impl<F, S> Send for Level<F, S> {}
// SAFETY: `&Level` gives access to nothing.
unsafe impl<F, S> Sync for Level<F, S> {}

impl<F: Future, S: Fn() -> &'static Here> Future for Level<F, S> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: by the contract of `level` the frame is alive and not used by others. It is a
        // variable of a frame that is polled now, hence pinned, and is dropped in its place.
        let frame = unsafe { Pin::new_unchecked(&mut *self.frame) };
        let polled = frame.poll(cx);
        if polled.is_pending() {
            (self.here)().waits(type_name::<F>);
        }
        polled
    }
}

impl<F, S> fmt::Debug for Level<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Level").finish_non_exhaustive()
    }
}
