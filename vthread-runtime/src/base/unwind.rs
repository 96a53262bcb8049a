//! Panics as values: how code ended, and which panic outranks which.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The payload of a panic.
pub(crate) type Payload = Box<dyn Any + Send>;

/// The payload with which a cancelled blocking call unwinds through plain frames. It carries no
/// authority: where nothing is marked it is a panic like any other.
#[derive(Debug)]
pub(crate) struct CancelUnwind;

/// Returns whether a payload caught by [`std::panic::catch_unwind`] is the cancellation of a
/// vthread, and no panic.
///
/// A vthread that is cancelled while it is blocked below plain code (a closure, a callback of some
/// library) unwinds through that code, so that its destructors run. Plain code that catches panics
/// catches this too. It should continue it with [`resume_unwind`](std::panic::resume_unwind): the
/// vthread is cancelled in any case, each blocking call that follows unwinds again, and the result
/// of the cancelled code is dropped.
///
/// `payload` is the payload as it was caught, boxed or not.
pub fn is_cancellation(payload: &(dyn Any + Send)) -> bool {
    // `&payload` of a boxed payload is the box as an `Any` of its own.
    match payload.downcast_ref::<Payload>() {
        Some(boxed) => is_cancellation(&**boxed),
        None => payload.is::<CancelUnwind>(),
    }
}

/// How a frame ended.
pub(crate) enum Ended<R> {
    /// With its result.
    Finished(R),
    /// With a panic.
    Panicked(Payload),
    /// It was dropped because it was marked.
    Cancelled,
}

impl<R> Ended<R> {
    /// The end after the drop of the frame. A panic of the drop outranks the frame's result, and
    /// the first panic outranks the second.
    pub(crate) fn after_drop(self, dropped: Result<(), Payload>) -> Self {
        match (self, dropped) {
            (ended, Ok(())) => ended,
            (Ended::Panicked(first), Err(second)) => {
                drop_quietly(second);
                Ended::Panicked(first)
            }
            (ended, Err(payload)) => {
                drop_quietly(ended);
                Ended::Panicked(payload)
            }
        }
    }
}

/// Runs `code`, and catches its panic.
///
/// State that `code` has left half-changed is used afterwards only by its own destructors.
pub(crate) fn catch<R>(code: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(code))
}

/// Drops a value whose destructor may panic. Such a panic is printed by the hook, and has no other
/// effect.
pub(crate) fn drop_quietly<T>(value: T) {
    let mut again = catch_unwind(AssertUnwindSafe(|| drop(value))).err();
    while let Some(payload) = again {
        again = catch_unwind(AssertUnwindSafe(|| drop(payload))).err();
    }
}
