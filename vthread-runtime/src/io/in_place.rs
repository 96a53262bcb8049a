//! Frames that pass between calls and the library: those of its own calls, and those of users'
//! streams.
#![allow(unsafe_code)] // Takes the frame out of a call, and makes a call of a frame.

use super::erased::IoFrame;
use crate::task::call::{Call, frame};
use std::future::Future;

/// The frame of `call`, to be awaited at once by a frame of the library.
pub(crate) fn in_place<R, F: Future>(call: Call<R, F>) -> F {
    // SAFETY: It is awaited in place, by a frame that itself only a `Call` holds.
    unsafe { frame(call) }
}

/// The call of a method of the traits of `io` whose frame is `body`.
///
/// # Safety
/// - The frame was made by `#[vthread]` from a function's body, and was not polled.
pub unsafe fn io_call<'a, O: Future + Unpin + Send, F: Future<Output = O::Output> + Send + 'a>(
    body: F,
) -> Call<O::Output, IoFrame<'a, O>> {
    IoFrame::boxed(body)
}
