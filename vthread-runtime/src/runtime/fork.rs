//! After a `fork` the child has the thread that called it, and no other: no worker, no monitor, no
//! helper. The inherited runtime will never do anything, so its first use in the child panics.

#![allow(unsafe_code)] // Asks the system to be told.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_CHILD: AtomicBool = AtomicBool::new(false);

/// From now on a child of this process knows that it is one.
pub(super) fn mark_children() {
    #[cfg(unix)]
    {
        extern "C" fn mark() {
            IS_CHILD.store(true, Ordering::Relaxed);
        }
        // SAFETY: the function does nothing but one store, which is allowed after a fork.
        let failed = unsafe { libc::pthread_atfork(None, None, Some(mark)) };
        // Without memory for it, a child would hang as it did before there was this check.
        debug_assert_eq!(failed, 0);
    }
}

/// # Panics
/// In a process that was forked while the runtime ran.
#[inline]
#[track_caller]
pub(super) fn check() {
    if IS_CHILD.load(Ordering::Relaxed) {
        refuse();
    }
}

#[cold]
#[track_caller]
fn refuse() -> ! {
    panic!(
        "vthread: this process was forked after the runtime had started, and has none of its threads; \
         fork before the first call of a vthread function, or start a program with `exec` in the child"
    )
}
