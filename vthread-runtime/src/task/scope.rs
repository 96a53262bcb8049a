//! A scope: a construct open in a vthread's frame that must act on the way out (a group's body,
//! the root of a blocking call ..). Scopes form a chain from the innermost to the vthread's root.
//!
//! A request to cancel *marks* a scope. Every scope below a marked one counts as marked. Polls go
//! from the outside in; each scope whose code is marked lets those inside it close first, drops
//! what it encloses, and closes itself. `inner` is how it knows that those inside have closed.
//!
//! Who touches what: `mark` belongs to everybody. `inner` belongs to the thread that polls the
//! vthread. `parent` and `next` are written while the scope is not registered or under the lock
//! of the vthread's list, and read under that lock or by the polling thread.

use super::mark::Mark;
use super::reason::CancelReason;
use std::cell::Cell;
use std::ptr;

/// What a registered scope is part of, for whoever walks the list of a vthread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The root of a vthread; never registered unless it is the root of a blocking call
    /// that was made inside another vthread.
    Root,
    /// The body of a group.
    Group,
    /// The body of a timeout. Not registered.
    Timeout,
    /// A branch of a `select!`. Not registered.
    Branch,
    /// The rest of a block after a `defer!`. Never marked itself, not registered.
    Guard,
    /// The body of a shield: marks further out do not count below it. Not registered.
    Shield,
    /// A recursive call on the heap; never registered, since the chain leads past it.
    Segment,
}

/// A node of the chain; always the first field of what it is part of.
#[derive(Debug)]
pub(crate) struct Scope {
    mark: Mark,
    pub(crate) kind: Kind,
    parent: Cell<*const Scope>,
    /// How many scopes are open directly inside.
    inner: Cell<usize>,
    /// The next one in the list of the vthread's open scopes.
    pub(super) next: Cell<*const Scope>,
}

impl Scope {
    pub(crate) fn new(kind: Kind) -> Self {
        Scope {
            mark: Mark::new(),
            kind,
            parent: Cell::new(ptr::null()),
            inner: Cell::new(0),
            next: Cell::new(ptr::null()),
        }
    }

    /// Sets the scope's place in the chain. Before it is registered.
    pub(crate) fn set_parent(&self, parent: *const Scope) {
        self.parent.set(parent);
    }

    pub(crate) fn parent(&self) -> *const Scope {
        self.parent.get()
    }

    /// Marks this scope, and with it all below. Where it is marked already, the first reason stays.
    pub(crate) fn mark(&self, reason: &CancelReason) {
        self.mark.set(reason);
    }

    /// Why this very scope was marked, if it was.
    pub(crate) fn own_reason(&self) -> Option<CancelReason> {
        self.mark.reason()
    }

    /// Whether this very scope was marked.
    pub(crate) fn has_own_mark(&self) -> bool {
        self.mark.is_set()
    }

    /// A scope opens directly inside this one.
    pub(crate) fn opened_inside(&self) {
        self.inner.set(self.inner.get() + 1);
    }

    /// A scope directly inside this one has closed.
    pub(crate) fn closed_inside(&self) {
        debug_assert!(self.inner.get() > 0);
        self.inner.set(self.inner.get() - 1);
    }

    /// Whether everything inside has closed.
    pub(crate) fn is_empty(&self) -> bool {
        self.inner.get() == 0
    }

    /// For another use of the same memory.
    pub(crate) fn reset(&mut self) {
        self.mark = Mark::new();
        self.parent.set(ptr::null());
        self.inner.set(0);
        self.next.set(ptr::null());
    }
}
