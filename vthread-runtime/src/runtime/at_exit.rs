//! What is done when the process exits: by the end of `main` or by `exit`.

#![allow(unsafe_code)] // Asks the system's library to be called.

use crate::base::unwind::catch;
use std::sync::OnceLock;

static ACTION: OnceLock<fn()> = OnceLock::new();

/// From now on `action` is called when the process exits. There is one.
pub(super) fn call(action: fn()) {
    extern "C" fn act() {
        // An unwind must not leave this function, and the process ends anyway.
        if let Some(Err(payload)) = ACTION.get().map(|action| catch(action)) {
            std::mem::forget(payload);
        }
    }
    if ACTION.set(action).is_ok() {
        // SAFETY: the function needs nothing that is gone when the process exits, and never
        // unwinds.
        let failed = unsafe { libc::atexit(act) };
        debug_assert_eq!(failed, 0);
    }
}
