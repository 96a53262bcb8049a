//! Deadlines that have passed, and whose news has not come yet.
//!
//! The alarm of a `timeout!` marks its scope. The thread that rings it may be late: it computes, or the system has other
//! things to do. So a vthread with a deadline looks at the clock at its suspension points. Where there is none nothing is
//! looked at: a `timeout!` sets the flag `suspect` of its vthread, and a child with an inherited deadline is born with it.

#![allow(unsafe_code)] // Walks chains of scopes, which are linked by address.

use super::deadline::Deadline;
use super::reason::CancelReason;
use super::scope::{Kind, Scope};
use std::ptr;
use std::time::Instant;

/// What has become of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// None has passed.
    Not,
    /// The timeout furthest out that has passed is marked.
    Marked,
    /// It stands in the frame of an ancestor, and its alarm is to be rung.
    Elsewhere,
}

/// Looks at the deadline of `scope`, and does what its alarm would do.
///
/// # Safety
/// - `scope` and all above it are alive: the caller polls the vthread.
pub(crate) unsafe fn mark(scope: *const Scope) -> Late {
    // SAFETY: the caller promises that the chain is alive.
    let innermost = unsafe { &*scope }.deadline();
    if innermost == Deadline::NEVER {
        return Late::Not;
    }
    let now = Deadline::at(Instant::now());
    if now < innermost {
        return Late::Not;
    }
    // Each scope has the smallest deadline around it: the last one up the chain that has passed is a timeout's own.
    let mut late: *const Scope = ptr::null();
    let mut at = scope;
    while !at.is_null() {
        // SAFETY: as above.
        let node = unsafe { &*at };
        if node.deadline() <= now {
            late = at;
        }
        if node.kind == Kind::Shield {
            break;
        }
        at = node.parent();
    }
    // SAFETY: as above; the innermost one at least has passed.
    let late = unsafe { &*late };
    if late.kind == Kind::Timeout {
        late.mark(&CancelReason::TimedOut);
        return Late::Marked;
    }
    Late::Elsewhere
}
