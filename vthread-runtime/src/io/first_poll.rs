//! Whether a poll is the first one of its operation, for streams that count how long an operation waits.
//!
//! A `poll_*` function is not told whether it is asked again, or whether the last one who asked has given up
//! and another operation begins. The library's own operations say it beside the call.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether any stream counts: else nothing is said.
static COUNTS: AtomicBool = AtomicBool::new(false);

thread_local! {
    static IS_FIRST: Cell<bool> = const { Cell::new(false) };
}

/// From now on it is said.
pub(crate) fn count() {
    COUNTS.store(true, Ordering::Relaxed);
}

/// Whether this poll begins an operation of the library's own.
pub(crate) fn is_first() -> bool {
    IS_FIRST.get()
}

/// Polls, and says that it is the first time, if `begun` does not say otherwise.
#[inline]
pub(crate) fn polled<T>(begun: &mut bool, poll: impl FnOnce() -> T) -> T {
    if *begun || !COUNTS.load(Ordering::Relaxed) {
        return poll();
    }
    *begun = true;
    let _restored = Restored(IS_FIRST.replace(true));
    poll()
}

struct Restored(bool);

impl Drop for Restored {
    fn drop(&mut self) {
        IS_FIRST.set(self.0);
    }
}
