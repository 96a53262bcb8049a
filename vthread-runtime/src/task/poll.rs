//! One poll of a frame in its scope, and the drop of the frame: the protocol of tasks, of the
//! bodies of groups and of all scoped bodies. (Segments, which end one below another, and blocking
//! calls use parts of it.)
//!
//! - A panic of the frame is caught. If it is a cancelled blocking call that unwinds through plain
//!   code, and the scope is marked, the frame is cancelled.
//! - A mark is met where the frame waits: once nothing is open in the frame, and all others that
//!   are cancelled with it are marked, the frame is dropped in place.
//! - A frame that returns a value under a mark that it has met has swallowed the cancellation: the
//!   value is dropped.
//! - No frame ends, and none is dropped, while something is open in it.
//! - A panic of the drop outranks the result of the frame.

#![allow(unsafe_code)] // Drops frames where they are.

use super::current::Running;
use crate::base::overwrite::Overwrite;
use crate::base::unwind::{CancelUnwind, Ended, Payload, catch};
use crate::cancel::scope::{Kind, Scope};
use crate::trace::panics;
use std::task::Poll;

/// Polls a frame by `poll`. `None`: it waits. Otherwise it is to be dropped; a value under a mark
/// that was met is dropped already.
///
/// `is_marked` returns whether the scope counts as marked.
#[inline]
pub(crate) fn poll_frame<R>(
    scope: &Scope,
    running: &Running,
    is_marked: impl Fn() -> bool,
    poll: impl FnOnce() -> Poll<R>,
) -> Option<Ended<R>> {
    let ended = match catch(poll) {
        Ok(Poll::Ready(value)) => Ended::Finished(value),
        Ok(Poll::Pending) => {
            if !(is_marked() && scope.is_empty() && !running.is_held()) {
                return None;
            }
            Ended::Cancelled
        }
        Err(payload) if payload.is::<CancelUnwind>() && is_marked() => Ended::Cancelled,
        Err(payload) => {
            panics::caught(&*payload);
            Ended::Panicked(payload)
        }
    };
    Some(has_ended(scope, running, ended))
}

/// The end of a frame, for its scope: nothing is open in it, and it has no value after a mark that
/// was met.
#[inline]
pub(crate) fn has_ended<R>(scope: &Scope, running: &Running, ended: Ended<R>) -> Ended<R> {
    if scope.is_quiet() {
        return ended;
    }
    scope.must_be_empty();
    match ended {
        Ended::Finished(value) if scope.was_met() && scope.kind != Kind::Catch => {
            drop_value_under_mark(running, value)
        }
        ended => ended,
    }
}

/// Plain code has stopped the unwinding of a cancellation: the value is dropped.
#[cold]
fn drop_value_under_mark<R>(running: &Running, value: R) -> Ended<R> {
    let dropped = running.dropping(|| catch(|| drop(value)));
    Ended::Cancelled.after_drop(dropped)
}

/// Drops the contents of `place`, and puts `empty` there: also if the drop unwinds, since the
/// fields are dropped while it does, and nothing is left.
///
/// # Safety
/// - `place` is the caller's own, initialised, and nothing is open in the frame that it holds.
pub(crate) unsafe fn drop_in_place<T>(
    running: &Running,
    place: *mut T,
    empty: impl FnOnce() -> T,
) -> Result<(), Payload> {
    running.dropping(|| {
        catch(|| {
            // SAFETY: by the contract; the contents are dropped by the next statement.
            let _emptied = unsafe { Overwrite::new(place, empty) };
            // SAFETY: by the contract; overwritten by the guard.
            unsafe { place.drop_in_place() };
        })
    })
}
