//! Cancellations under way: between the first mark that one sets and the last.
//!
//! A cancellation marks one vthread after the other. A vthread that is marked early may end, on another kernel
//! thread, before its sibling is marked; the sibling, if it joins it, must not take that for the end of one
//! that was cancelled alone, since it is about to be cancelled too. So a join that finds no value waits until no
//! cancellation is under way, and then looks for its own mark once more.
//!
//! One count for the process: cancelling costs two steps on it, and nothing else looks at it.

use std::sync::atomic::{AtomicUsize, Ordering};

static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);

/// A cancellation, from before its first mark to after its last one. Failures are recorded within one, so that a
/// second failure does not overtake what the first one has to mark.
#[derive(Debug)]
pub(crate) struct Marking(());

impl Marking {
    pub(crate) fn begin() -> Self {
        UNDER_WAY.fetch_add(1, Ordering::AcqRel);
        Marking(())
    }

    /// Whoever has seen a mark, or the end of a vthread that saw it, finds what set it under way or done.
    pub(super) fn is_under_way() -> bool {
        UNDER_WAY.load(Ordering::Acquire) > 0
    }
}

impl Drop for Marking {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, Ordering::AcqRel);
    }
}
