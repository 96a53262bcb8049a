//! Calls that are made by the provided methods of `Read` and `Write`.
#![allow(unsafe_code)] // Takes the frame out of a call.

use crate::group::call::{Call, frame};

/// The frame of `call`, to be awaited at once by a frame of this module.
pub(super) fn in_place<F: Future>(call: Call<F>) -> F {
    // SAFETY: It is awaited in place, by a frame that itself only a `Call` holds.
    unsafe { frame(call) }
}
