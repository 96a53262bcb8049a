//! Calls that are made by frames of the library itself.
#![allow(unsafe_code)] // Takes the frame out of a call.

use crate::task::call::{Call, frame};

/// The frame of `call`, to be awaited at once by a frame of the library.
pub(crate) fn in_place<R, F: Future>(call: Call<R, F>) -> F {
    // SAFETY: It is awaited in place, by a frame that itself only a `Call` holds.
    unsafe { frame(call) }
}
