//! A scope: a construct open in a vthread's frame that must act on the way out (a group's body,
//! later a timeout's, a shield's ..). Scopes form a chain from the innermost to the vthread's root.
//!
//! A request to cancel *marks* a scope. Every scope below a marked one counts as marked.

use crate::primitive::{AtomicBool, Ordering};
use std::cell::Cell;
use std::ptr;

/// A node of the chain.
///
/// `mark` belongs to everybody. The cells belong to the thread that polls the vthread.
#[derive(Debug)]
pub(crate) struct Scope {
    mark: AtomicBool,
    /// The scope around this one in the same vthread, or the one around the blocking call
    /// whose root this is.
    parent: Cell<*const Scope>,
    /// How many scopes are open directly inside.
    inner: Cell<usize>,
}
