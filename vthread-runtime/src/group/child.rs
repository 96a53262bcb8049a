//! A child, seen from its task: what happens to its result, and how its group learns of its end.

#![allow(unsafe_code)] // The owner by address.

use super::node::Node;
use super::owner::Owner;
use super::view::Group;
use crate::task::cell::{Ended, Parent, Payload};
use crate::task::header::{End, Header};
use std::sync::Arc;

/// The parent of a task that is a child of a group.
pub(super) struct Child<E> {
    /// Keeps the node through the child's last step, when the owner may be gone already.
    node: Arc<Node>,
    /// Alive while the child is linked; null if `E` has no values.
    owner: *const Owner<E>,
}

// SAFETY: the owner is `Sync` if `E` is `Send`, which `spawn` asks for.
unsafe impl<E: Send> Send for Child<E> {}

impl<E> Child<E> {
    pub(super) fn new(group: &Group<'_, E>) -> Self {
        Child {
            node: group.keep_node(),
            owner: group.owner,
        }
    }
}

impl<V, E: Send> Parent<Result<V, E>> for Child<E> {
    type Value = V;

    fn ended(&self, header: &Header, ended: Ended<Result<V, E>>) -> (End, Option<V>) {
        match ended {
            Ended::Finished(Ok(value)) => (End::Done, Some(value)),
            Ended::Finished(Err(error)) => {
                // SAFETY: the child is linked until `left`; and there is a value of `E`.
                unsafe { &*self.owner }.record_failure(error, header.into());
                (End::Failed, None)
            }
            Ended::Panicked(payload) => {
                self.node.record_panic(payload, header.into());
                (End::Panicked, None)
            }
            Ended::Cancelled => (End::Cancelled, None),
        }
    }

    fn panicked(&self, header: &Header, payload: Payload) {
        self.node.record_panic(payload, header.into());
    }

    fn lingers(&self, header: &Header) {
        self.node.child_lingers(header);
    }

    fn address(&self) -> *const () {
        Arc::as_ptr(&self.node).cast()
    }

    fn left(self, header: &Header) {
        self.node.unlink(header);
    }
}
