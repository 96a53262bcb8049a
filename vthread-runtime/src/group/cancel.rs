//! Cancellation: marks a group's children, everything below them, and perhaps its body.
//!
//! The tree is walked with a list of work, not by recursion, so that its depth does not matter.
//! Locks are taken downwards: a group's, then the list of scopes of one of its vthreads; never
//! two groups' at once.

#![allow(unsafe_code)] // From a registered scope to the group around it.

use super::block_on::Root;
use super::node::{Node, State};
use crate::task::cell::Payload;
use crate::task::header::Header;
use crate::task::scope::{Kind, Scope};
use crate::task::vthread::Vthread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How far a cancellation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The children only.
    Children,
    /// The children and the body, which does not go on.
    Body,
}

impl Node {
    /// Cancels the group and all below it.
    pub(super) fn cancel(&self, reach: Reach) {
        let mut groups = Vec::new();
        self.cancel_level(reach, &mut groups);
        spread(groups);
    }

    /// Records a panic; the first one is kept, and the group is cancelled.
    pub(super) fn record_panic(&self, payload: Payload) {
        let late = {
            let mut state = self.lock();
            state.has_failed = true;
            match state.panic {
                None => {
                    state.panic = Some(payload);
                    None
                }
                Some(_) => Some(payload),
            }
        };
        crate::task::cell::drop_quietly(late);
        self.cancel(Reach::Body);
    }

    /// Drops something that belonged to a member, outside every lock; a panic is the group's.
    pub(super) fn drop_in_group<T>(&self, value: T) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            self.record_panic(payload);
        }
    }

    fn cancel_level(&self, reach: Reach, groups: &mut Vec<Arc<Node>>) {
        let mut state = self.lock();
        if !state.is_cancelled {
            state.is_cancelled = true;
            state.for_each_child(|child| mark_child(child, groups));
        }
        let queue = std::mem::take(&mut state.queue);
        let owner = match reach {
            Reach::Body => self.mark_body(&state, groups),
            Reach::Children => None,
        };
        drop(state);
        for (_, waker) in queue {
            waker.wake();
        }
        if let Some(owner) = owner {
            owner.wake();
        }
    }

    /// Marks the body, and the groups that are open in it.
    fn mark_body(&self, state: &State, groups: &mut Vec<Arc<Node>>) -> Option<std::task::Waker> {
        if self.scope.has_own_mark() {
            return None;
        }
        self.scope.mark();
        let (vthread, waker) = state.owner.as_ref()?;
        // SAFETY: the owner takes itself out under this lock before its vthread ends.
        mark_below(unsafe { &**vthread }, groups);
        Some(waker.clone())
    }
}

/// Marks a vthread that is kept alive, and collects the groups open in it.
pub(super) fn mark_child(child: &Header, groups: &mut Vec<Arc<Node>>) {
    child.vthread.root.mark();
    mark_below(&child.vthread, groups);
    child.wake();
}

/// Cancels one vthread and all below it.
pub(super) fn cancel_task(task: &Header) {
    let mut groups = Vec::new();
    mark_child(task, &mut groups);
    spread(groups);
}

/// After a scope of `vthread` was marked: tells the vthread and everything open in its frame.
/// Blocking calls that nest are walked by recursion: a small frame of ours for each of the far
/// larger frames of the blocked calls themselves.
fn mark_below(vthread: &Vthread, groups: &mut Vec<Arc<Node>>) {
    vthread.set_suspect();
    vthread.open().for_each_marked(|kind, scope| match kind {
        Kind::Group => groups.push(node_of(scope)),
        Kind::Root => {
            // SAFETY: linked, and unlinked under this lock before it goes.
            let root = unsafe { Root::of_scope(scope) };
            mark_below(root.vthread(), groups);
            root.unpark();
        }
        _ => unreachable!("not registered"),
    });
}

/// Cancels the children of all these groups and of those below them.
pub(super) fn spread(mut groups: Vec<Arc<Node>>) {
    while let Some(group) = groups.pop() {
        group.cancel_level(Reach::Children, &mut groups);
    }
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
