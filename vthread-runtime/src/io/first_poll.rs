//! Whether a poll is the first one of its operation, for streams that count how long an operation
//! waits.
//!
//! A `poll_*` function cannot know whether it is polled again, or whether the last operation was
//! abandoned and another one begins. The library's own operations tell it by a thread-local.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether any stream counts: otherwise nothing is noted.
static COUNTS: AtomicBool = AtomicBool::new(false);

thread_local! {
    static IS_FIRST: Cell<bool> = const { Cell::new(false) };
}

/// From now on first polls are noted.
pub(crate) fn count() {
    COUNTS.store(true, Ordering::Relaxed);
}

/// Whether this poll begins an operation of the library's own.
pub(crate) fn is_first() -> bool {
    IS_FIRST.get()
}

/// Polls, and notes that it is the first poll, unless `begun` is set.
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
