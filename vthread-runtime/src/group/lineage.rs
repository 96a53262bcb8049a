//! The groups and vthreads around a vthread, from the inside out: to name it in the report of a
//! panic.
//!
//! The walk goes up from a task that this thread polls. While it is polled it has not left its
//! group, unless it was spawned into a closed one, which the walk asks. So the group is open, its
//! owner waits for it, and is a member of another open group, and so on up to a blocking call or
//! the group of the process. A group's owner is found by its waker, under the group's lock, whose
//! copy keeps the owner's memory until the walk is past it.

#![allow(unsafe_code)] // Parents by address.

use super::node::Node;
use crate::cancel::scope::{Kind, Scope};
use crate::task::current;
use crate::task::header::{Header, Held};
use crate::task::waker;
use std::fmt::Write;
use std::task::Waker;
use std::time::Duration;

/// How long a group's lock is waited for: a panic inside the library may have it.
const PATIENCE: Duration = Duration::from_millis(100);

/// Describes the vthread that this thread polls: its name, where it was spawned, and the groups
/// around it. `None` if it polls no task.
pub(crate) fn describe_current() -> Option<String> {
    current::with(|running| {
        let task = running?.task()?;
        let mut text = String::new();
        // SAFETY: this thread polls the task, so that its parent is there.
        let innermost = unsafe { describe(&mut text, "in ", &task, task.parent()) };
        describe_above(&mut text, innermost);
        Some(text)
    })
}

/// Adds a line for each group around, with the vthread that has opened it.
fn describe_above(text: &mut String, innermost: Option<&Node>) {
    // Each waker keeps the memory of the owner whose parent is looked at next.
    let mut owners: Vec<Waker> = Vec::new();
    let mut group = innermost;
    while let Some(node) = group {
        describe_group(text, node);
        let Some(owner) = owner_of_open(node) else {
            return;
        };
        // SAFETY: the group has not closed, and does not before the member that is polled has left.
        unsafe { describe_enclosing(text, &node.scope) };
        owners.push(owner);
        let task = owners.last().and_then(waker::task_of);
        group = task.and_then(|task| {
            // SAFETY: the waker keeps the memory, and was made from the task's own pointer.
            let task = unsafe { Held::new(task) };
            // SAFETY: the owner of an open group has not ended: see the module's header.
            unsafe { describe(text, " by ", &task, task.parent()) }
        });
    }
}

fn describe_group(text: &mut String, node: &Node) {
    let name = node.name.as_deref().map(|name| format!("`{name}`, "));
    let name = name.unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = write!(text, "\n  in the group {name}opened at {}", node.site);
}

/// Adds a line for each group that the same vthread has opened around `scope`.
///
/// # Safety
/// - The scope is that of a group that is not closed, and this thread polls a member of it.
unsafe fn describe_enclosing(text: &mut String, scope: &Scope) {
    let mut around = scope.parent();
    // SAFETY: a chain is written before its scopes have members, and stays as it is, and alive,
    // until the innermost one has closed.
    while let Some(scope) = unsafe { around.as_ref() } {
        if scope.kind == Kind::Group {
            // SAFETY: the scope of a group stands at the beginning of its node.
            describe_group(text, unsafe { &*around.cast::<Node>() });
        }
        around = scope.parent();
    }
}

/// Adds the description of a task, and returns the group of which it is a child.
///
/// # Safety
/// - `parent` is the task's `Parent::address`.
/// - The task, or one below it, is polled by this thread for as long as the result is used.
unsafe fn describe<'a>(
    text: &mut String,
    before: &str,
    task: &Header,
    parent: *const (),
) -> Option<&'a Node> {
    let name = task.name().map(|name| format!("the vthread `{name}`"));
    let name = name.unwrap_or_else(|| "a vthread".to_owned());
    // Writing to a string cannot fail.
    let _ = write!(text, "{before}{name}, spawned at {}", task.site());
    // SAFETY: the address is that of the node, or null of a child of the process. The task's parent
    // keeps the node until the task leaves, and no task around a polled one leaves.
    let node = unsafe { parent.cast::<Node>().as_ref() };
    if node.is_none() {
        text.push_str(" in the background");
    }
    node
}

/// The waker of the vthread that has opened the group. `None` if it is closed: a child that was
/// spawned too late is dropped by its spawner, and nothing holds what is around the group.
fn owner_of_open(node: &Node) -> Option<Waker> {
    let state = node.state.try_lock_for(PATIENCE)?;
    if state.is_closed {
        return None;
    }
    state.owner.as_ref().map(|(_, waker)| waker.clone())
}
