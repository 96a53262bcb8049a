//! What a cancellation is: a mark on a scope, with a reason. How marks travel down a tree of groups
//! stands in `group/cancel.rs`; "Scopes and marks" in `group/README.md` gives the protocol.

pub(crate) mod scope;

mod mark;
pub(crate) mod reason;

pub(crate) mod deadline;
pub(crate) mod grace_period;
pub(crate) mod passed_deadline;

pub(crate) mod in_progress;
