//! A scope: a construct open in a vthread's frame that must act on the way out (a group's body, the
//! root of a blocking call ..). Scopes form a chain from the innermost to the vthread's root.
//!
//! A request to cancel *marks* a scope. Every scope below a marked one counts as marked. Polls go
//! from the outside in; each scope whose code is marked lets those inside it close first, drops its
//! body, and closes itself. `inner` tells it when those inside have closed.
//!
//! A shield stops marks from further out. When the grace of a cancellation is over the scope is
//! marked a second time, *forced*: no shield stops that.
//!
//! Who may touch what: `mark` and `forced` may be used by any thread. `inner` belongs to the thread
//! that polls the vthread. `parent`, `next`, `grace` and `deadline` are written while the scope is
//! not registered or under the lock of the vthread's list, and read under that lock or by the
//! polling thread. While a child of a group is polled, the chain around that group does not change:
//! the child's thread may read it, too. The root of a task has neither a parent nor a place in a
//! list of scopes: there both words are the task's links in the list of its group, under the
//! group's lock.

#![allow(unsafe_code)] // Reads the parent by its address, which others use as the construct's.

use super::deadline::Deadline;
use super::grace_period::Grace;
use super::mark::Mark;
use super::reason::CancelReason;
use crate::primitive::{AtomicBool, Ordering};
use std::cell::Cell;
use std::ptr;

/// The construct that a registered scope is part of, for walks over the list of a vthread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The root of a task.
    Task = 0,
    /// The root of a task that does not keep its group open.
    Service,
    /// The root of a blocking call; registered if that was made inside another vthread.
    Root,
    /// The body of a group.
    Group,
    /// The body of a timeout. Not registered.
    Timeout,
    /// A branch of a `select!`. Not registered.
    Branch,
    /// The rest of a block after a `defer!`. Never marked itself, not registered.
    Defer,
    /// The body of a shield: marks further out do not count below it. Not registered.
    Shield,
    /// The body of a `catch_unwind!`. Never marked itself, not registered.
    Catch,
    /// A recursive call on the heap; never registered, since the chain bypasses it.
    Segment,
}

impl Kind {
    /// Whether it is the root of a task.
    #[inline]
    fn is_task(self) -> bool {
        self as u8 <= Kind::Service as u8
    }
}

/// How far a mark reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// To the shields below.
    Graceful,
    /// To everything below: the grace is over.
    Forced,
}

/// A node of the chain; always the first field of its construct.
#[derive(Debug)]
pub(crate) struct Scope {
    mark: Mark,
    /// Marked for the second time (forced). Only ever set where `mark` is.
    forced: AtomicBool,
    pub(crate) kind: Kind,
    /// How long cleanup below may take after a cancellation.
    grace: Cell<Grace>,
    /// The deadline of the smallest timeout that reaches the code inside.
    deadline: Cell<Deadline>,
    /// The scope around. Of a task: its link backwards.
    parent: Cell<*const ()>,
    /// The state of the inside, in one word, since every task has a scope and pays for its size.
    ///
    /// - In steps of `ONE`: how many scopes are open directly inside, those of one place in the
    ///   code, or the branches of one `select!`.
    /// - `MET`: a blocking call in a plain frame below has met the mark of this scope, and unwinds.
    ///   Of a `catch_unwind!`: something in it is cancelled by a mark further out.
    inner: Cell<u16>,
    /// The next scope in the list of the vthread's open scopes. Of a task: its link forwards.
    next: Cell<*const ()>,
}

const MET: u16 = 1;
const ONE: u16 = 1 << 1;

impl Scope {
    #[inline]
    pub(crate) fn new(kind: Kind) -> Self {
        Scope {
            mark: Mark::new(),
            forced: AtomicBool::new(false),
            kind,
            grace: Cell::new(Grace::DEFAULT),
            deadline: Cell::new(Deadline::NEVER),
            parent: Cell::new(ptr::null()),
            inner: Cell::new(0),
            next: Cell::new(ptr::null()),
        }
    }

    /// Links the scope into the chain, from which it inherits the grace and the deadline unless its
    /// own are shorter. Called before it is registered.
    ///
    /// # Safety
    /// - The parent is open. The pointer is one to its whole construct, not to its scope alone: who
    ///   finds a group's scope in the chain may take a share in the group.
    #[inline]
    pub(crate) unsafe fn set_parent(&self, parent: *const Scope) {
        debug_assert!(!self.kind.is_task());
        self.parent.set(parent.cast());
        // SAFETY: open by the contract, and only the polling thread writes to it.
        let parent = unsafe { &*parent };
        self.grace.set(self.grace.get().min(parent.grace.get()));
        if self.kind != Kind::Shield {
            self.deadline
                .set(self.deadline.get().min(parent.deadline.get()));
        }
    }

    /// Unlinks the scope from its chain.
    pub(crate) fn clear_parent(&self) {
        self.parent.set(ptr::null());
        self.grace.set(Grace::DEFAULT);
        self.deadline.set(Deadline::NEVER);
    }

    /// For the root of a child of the group with this scope: it inherits the group's, and is in no
    /// chain.
    pub(crate) fn inherit(&self, group: &Scope) {
        self.grace.set(group.grace.get());
        self.deadline.set(group.deadline.get());
    }

    /// The deadline of the smallest timeout that reaches the code inside.
    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline.get()
    }

    /// Called before the scope is linked into a chain.
    pub(crate) fn set_deadline(&self, deadline: Deadline) {
        self.deadline.set(deadline);
    }

    /// How long cleanup below may take after a cancellation.
    pub(crate) fn grace(&self) -> Grace {
        self.grace.get()
    }

    /// Called before the scope is linked into a chain.
    pub(crate) fn set_grace(&self, grace: Grace) {
        self.grace.set(grace);
    }

    #[inline]
    pub(crate) fn parent(&self) -> *const Scope {
        match self.kind.is_task() {
            true => ptr::null(),
            false => self.parent.get().cast(),
        }
    }

    /// The next scope in the list of open ones. Of a scope in that list.
    #[inline]
    pub(crate) fn next(&self) -> *const Scope {
        debug_assert!(!self.kind.is_task());
        self.next.get().cast()
    }

    /// Sets that.
    #[inline]
    pub(crate) fn set_next(&self, next: *const Scope) {
        debug_assert!(!self.kind.is_task());
        self.next.set(next.cast());
    }

    /// Of the root of a task: the words for the neighbours in the list of its group, backwards and
    /// forwards.
    #[inline]
    pub(crate) fn task_links(&self) -> (&Cell<*const ()>, &Cell<*const ()>) {
        debug_assert!(self.kind.is_task());
        (&self.parent, &self.next)
    }

    /// Marks this scope, and with it all below. Where it is marked already, the first reason stays.
    /// Returns whether this is the first mark.
    pub(crate) fn mark(&self, reason: &CancelReason) -> bool {
        self.mark.set(reason)
    }

    /// The reason of this scope's own mark, if it has one.
    pub(crate) fn own_reason(&self) -> Option<CancelReason> {
        self.mark.reason()
    }

    /// Whether this scope itself was marked.
    pub(crate) fn has_own_mark(&self) -> bool {
        self.mark.is_set()
    }

    /// Marks this scope, which is marked, for the second time: shields below do not count any more.
    pub(crate) fn mark_forced(&self) {
        debug_assert!(self.has_own_mark());
        self.forced.store(true, Ordering::Release);
    }

    /// Whether this scope itself was marked for the second time.
    pub(crate) fn has_forced_mark(&self) -> bool {
        self.forced.load(Ordering::Acquire)
    }

    /// Records that plain code has met this scope's mark: frames between here and the suspension
    /// point may catch the unwinding, but the construct ends as cancelled all the same.
    pub(crate) fn meet(&self) {
        debug_assert!(self.has_own_mark() || self.kind == Kind::Catch);
        self.inner.set(self.inner.get() | MET);
    }

    /// Whether the mark was met.
    #[inline]
    pub(crate) fn was_met(&self) -> bool {
        self.inner.get() & MET != 0
    }

    /// Called when a scope opens directly inside this one.
    #[inline]
    pub(crate) fn opened_inside(&self) {
        let inner = self.inner.get().checked_add(ONE);
        self.inner
            .set(inner.expect("a frame polls a few scopes beside one another"));
    }

    /// Called when a scope directly inside this one has closed.
    #[inline]
    pub(crate) fn closed_inside(&self) {
        debug_assert!(!self.is_empty());
        self.inner.set(self.inner.get() - ONE);
    }

    /// Whether everything inside has closed.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.inner.get() < ONE
    }

    /// Whether nothing is open inside, and no mark of this scope was met there.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.inner.get() == 0
    }

    /// Called when the body has ended, or is about to be dropped: nothing may be open inside.
    ///
    /// Code that switches stacks (a stackful coroutine) can leave a blocking call that is open in
    /// it, and then let the frame end around that. Nothing sound can follow.
    #[inline]
    pub(crate) fn must_be_empty(&self) {
        if !self.is_empty() {
            something_is_open();
        }
    }

    /// Prepares the same memory for another use; it was not marked.
    pub(crate) fn reset(&self) {
        debug_assert!(!self.has_own_mark());
        self.clear_parent();
        self.inner.set(0);
        self.next.set(ptr::null());
    }
}

#[cold]
fn something_is_open() -> ! {
    eprintln!(
        "vthread: a frame ends while a call of a vthread function is open in it: code that switches stacks, as a \
         stackful coroutine does, has suspended inside that call"
    );
    std::process::abort()
}
