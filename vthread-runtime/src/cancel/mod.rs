//! What a cancellation is: a mark on a scope, with a reason. `group/cancel.rs` has the walk that
//! marks a tree of groups; "Scopes and marks" in `group/README.md` gives the protocol.

pub(crate) mod scope;

mod mark;
pub(crate) mod reason;

pub(crate) mod deadline;
pub(crate) mod grace_period;
pub(crate) mod passed_deadline;

pub(crate) mod in_progress;
