//! `Group::current()`: an owned handle of a group, for code that is in no `group!` of its own.

#![allow(unsafe_code)] // A view that the handle keeps valid; from a scope to its group.

use super::shutdown::Process;
use crate::base::arc::retain;
use crate::cancel::scope::{Kind, Scope};
use crate::group::cancel::node_of;
use crate::group::handle::Group;
use crate::group::infallible::NoError;
use crate::group::node::Node;
use crate::task::current::{self, Running};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// An owned handle of a group, returned by [`Group::current`].
///
/// Children that are spawned through it, by `spawn!(g => { .. })`, own everything that they use and
/// cannot fail. They are children like all others: the group waits for them, and cancels them with
/// the rest.
///
/// The handle may outlive the group. A `spawn!` after the end of the group starts nothing, drops
/// the child's captures, and returns a task whose outcome is `Cancelled`.
pub struct OwnedGroup {
    view: Group<'static, NoError>,
    /// Keeps the target of the handle alive.
    node: Arc<Node>,
}

impl Group<'static, NoError> {
    /// Returns the innermost group around the code that runs now, for children that own all that
    /// they use.
    ///
    /// That is the innermost `group!` which is open in the functions that have led here, or else
    /// the group whose child runs here, or else the group of the process, that of `background!`.
    ///
    /// It is for libraries that start something on behalf of their caller, in the caller's group.
    /// Code that sees a `group!`, or has a handle, does not need it.
    pub fn current() -> OwnedGroup {
        let innermost = current::with(|running| running.and_then(innermost));
        OwnedGroup::new(innermost.unwrap_or_else(|| Process::current().node.clone()))
    }
}

impl OwnedGroup {
    fn new(node: Arc<Node>) -> Self {
        // SAFETY: this handle and its children keep the node; everything that the children use is
        // `'static`, and `NoError` has no values.
        let view = unsafe { Group::of(&node) };
        OwnedGroup { view, node }
    }
}

impl Deref for OwnedGroup {
    type Target = Group<'static, NoError>;
    fn deref(&self) -> &Self::Target {
        &self.view
    }
}

impl Clone for OwnedGroup {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl fmt::Debug for OwnedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedGroup")
            .field("site", &self.node.site)
            .finish_non_exhaustive()
    }
}

fn innermost(running: &Running) -> Option<Arc<Node>> {
    let mut scope: *const Scope = running.scope();
    // SAFETY: this thread polls the vthread, so its innermost scope and those above are open.
    while let Some(open) = unsafe { scope.as_ref() } {
        if open.kind == Kind::Group {
            // SAFETY: open, so that its owner keeps the node.
            return Some(unsafe { node_of(scope) });
        }
        scope = open.parent();
    }
    let parent: *const Node = running.task()?.parent().cast();
    if parent.is_null() {
        return None;
    }
    // SAFETY: the parent of a task that runs is a child of a group, which keeps the node in an
    // `Arc`.
    unsafe { Some(retain(parent)) }
}
