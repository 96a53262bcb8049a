//! Deadlines that have passed before their alarm has rung.
//!
//! The alarm of a `timeout!` marks its scope. The thread that rings it may be late: it computes, or
//! the system does not run it. So a vthread with a deadline checks the clock at its suspension
//! points. A vthread without one checks nothing: a `timeout!` sets the flag `may_be_cancelled` of
//! its vthread, and a child with an inherited deadline starts with it.

#![allow(unsafe_code)] // Walks chains of scopes, which are linked by address.

use super::deadline::Deadline;
use super::reason::CancelReason;
use super::scope::{Kind, Scope};
use crate::base::clock;
use std::ptr;

/// The state of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// None has passed.
    Not,
    /// The outermost timeout that has passed is marked.
    Marked,
    /// The timeout is in the frame of an ancestor, and its alarm is to be rung.
    Elsewhere,
}

/// Checks the deadline of `scope`, and does what its alarm would do.
///
/// # Safety
/// - `scope` and all above it are alive: the caller polls the vthread.
pub(crate) unsafe fn mark(scope: *const Scope) -> Late {
    // SAFETY: the caller promises that the chain is alive.
    let innermost = unsafe { &*scope }.deadline();
    if innermost == Deadline::NEVER {
        return Late::Not;
    }
    let now = Deadline::at(clock::now());
    if now < innermost {
        return Late::Not;
    }
    // Each scope has the smallest deadline around it: the last one up the chain that has passed is
    // the timeout's own.
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
