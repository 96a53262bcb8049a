//! Cancellation: marks a group's children, everything below them, and perhaps its body.
//!
//! The tree is walked with a list of work, not by recursion, so that its depth does not matter.
//! Locks are taken downwards: a group's, then the list of scopes of one of its vthreads; never
//! two groups' at once.

#![allow(unsafe_code)] // From a registered scope to the group around it.

use super::block_on::Root;
use super::node::{Node, State};
use crate::task::header::Header;
use crate::task::reason::CancelReason;
use crate::task::scope::{Kind, Scope};
use crate::task::vthread::Vthread;
use std::sync::Arc;
use std::task::Waker;

/// How far a cancellation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The children only.
    Children,
    /// The children, because a scope around the group is marked.
    FromOutside,
    /// The children and the body, which does not go on.
    Body,
}

/// A walk down the tree: everybody is marked before anybody is woken, so that nobody who is to be
/// cancelled sees what the end of another leaves behind.
#[derive(Debug)]
pub(super) struct Walk {
    /// Why: everybody on the way is told the same.
    reason: CancelReason,
    /// Groups whose children are still to be marked.
    groups: Vec<Arc<Node>>,
    /// Who has been marked.
    vthreads: Vec<Waker>,
    /// Blocking calls inside vthreads that have been marked.
    blocked: Vec<Arc<Root>>,
}

impl Walk {
    pub(super) fn new(reason: CancelReason) -> Self {
        Walk {
            reason,
            groups: Vec::new(),
            vthreads: Vec::new(),
            blocked: Vec::new(),
        }
    }

    /// Marks what is left, then wakes everybody.
    pub(super) fn finish(mut self) {
        while let Some(group) = self.groups.pop() {
            group.cancel_level(Reach::FromOutside, &mut self);
        }
        for root in self.blocked {
            root.unpark();
        }
        for waker in self.vthreads {
            waker.wake();
        }
    }
}

impl Node {
    /// Cancels the group and all below it.
    pub(super) fn cancel(&self, reach: Reach, reason: CancelReason) {
        let mut walk = Walk::new(reason);
        self.cancel_level(reach, &mut walk);
        walk.finish();
    }

    fn cancel_level(&self, reach: Reach, walk: &mut Walk) {
        let mut state = self.lock();
        state.is_cut |= reach == Reach::FromOutside && state.ordinary > 0;
        if state.cancelled.is_none() {
            state.cancelled = Some(walk.reason.clone());
            state.for_each_child(|child| mark_child(child, walk));
        }
        let queue = std::mem::take(&mut state.queue);
        walk.vthreads
            .extend(queue.into_iter().map(|(_, waker)| waker));
        if reach == Reach::Body {
            self.mark_body(&state, walk);
        }
    }

    /// Marks the body, and the groups that are open in it.
    fn mark_body(&self, state: &State, walk: &mut Walk) {
        if self.scope.has_own_mark() {
            return;
        }
        self.scope.mark(&walk.reason);
        if let Some((vthread, waker)) = &state.owner {
            // SAFETY: the owner takes itself out under this lock before its vthread ends.
            mark_below(unsafe { &**vthread }, walk);
            walk.vthreads.push(waker.clone());
        }
    }
}

/// Marks a vthread that is kept alive, and collects the groups open in it.
pub(super) fn mark_child(child: &Header, walk: &mut Walk) {
    child.vthread.root.mark(&walk.reason);
    mark_below(&child.vthread, walk);
    walk.vthreads.push(child.waker());
}

/// Cancels one vthread and all below it.
pub(super) fn cancel_task(task: &Header, reason: CancelReason) {
    let mut walk = Walk::new(reason);
    mark_child(task, &mut walk);
    walk.finish();
}

/// After a scope of `vthread` was marked: tells the vthread and everything open in its frame.
/// Blocking calls that nest are walked by recursion: a small frame of ours for each of the far
/// larger frames of the blocked calls themselves.
fn mark_below(vthread: &Vthread, walk: &mut Walk) {
    vthread.set_suspect();
    vthread.open().for_each_marked(|kind, scope| match kind {
        Kind::Group => walk.groups.push(node_of(scope)),
        Kind::Root => {
            // SAFETY: linked, and unlinked under this lock before it goes.
            let root = unsafe { Root::of_scope(scope) };
            mark_below(root.vthread(), walk);
            walk.blocked.push(root);
        }
        _ => unreachable!("not registered"),
    });
}

/// The group that a registered scope belongs to.
fn node_of(scope: *const Scope) -> Arc<Node> {
    let node = scope.cast::<Node>();
    // SAFETY: a scope of kind `Group` is the first field of a node, which its owner keeps in an
    // `Arc` at least until the scope is unlinked; the caller holds the list's lock.
    unsafe {
        Arc::increment_strong_count(node);
        Arc::from_raw(node)
    }
}
