//! The parent of a child's task: passes its result to the group, and notifies the group of its end.

#![allow(unsafe_code)] // The owner by address.

use super::handle::Group;
use super::node::Node;
use super::owner::Owner;
use crate::base::arc::retain;
use crate::base::unwind::{Ended, Payload};
use crate::task::cell::Parent;
use crate::task::header::{End, Header, Held};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The parent of a task that is a child of a group.
pub(crate) struct Child<E> {
    /// It is alive as long as the child is linked, and owns no share: see `Node::left`.
    node: *const Node,
    /// The node's owner is an `Owner<E>`, unless `E` has no values.
    _owner: PhantomData<*const Owner<E>>,
}

impl<E> Child<E> {
    #[inline]
    fn node(&self) -> &Node {
        // SAFETY: the child is linked until `left`. One that came too late is not, but its frame is
        // dropped in its spawn, by a thread that has a handle of the group.
        unsafe { &*self.node }
    }

    /// A share in the node.
    fn keep_node(&self) -> Arc<Node> {
        // SAFETY: alive, see `node`, and nodes are made in an `Arc` only.
        unsafe { retain(self.node) }
    }

    /// Alive while the child is linked.
    #[inline]
    fn owner(&self) -> *const Owner<E> {
        self.node().owner.load(Ordering::Relaxed).cast()
    }

    #[cold]
    fn record_panic(&self, header: &Header, payload: Payload) {
        match self.node().process {
            Some(process) => process.record_panic(header, payload),
            None => self.keep_node().record_panic(payload, header.into()),
        }
    }
}

// SAFETY: the node is `Sync`, and so is its owner if `E` is `Send`, which `spawn` asks for.
unsafe impl<E: Send> Send for Child<E> {}

impl<E> Child<E> {
    pub(crate) fn new(group: &Group<'_, E>) -> Self {
        Child {
            node: group.node_ptr(),
            _owner: PhantomData,
        }
    }
}

impl<V, E: Send> Parent<Result<V, E>> for Child<E> {
    type Value = V;

    fn ended(&self, header: &Header, ended: Ended<Result<V, E>>) -> (End, Option<V>) {
        match ended {
            Ended::Finished(Ok(value)) => (End::Done, Some(value)),
            Ended::Finished(Err(error)) => {
                // SAFETY: the child is linked until `left`; and there is a value of `E`, so that it
                // is the owner's type.
                unsafe { &*self.owner() }.record_failure(error, header.into(), header);
                (End::Failed, None)
            }
            Ended::Panicked(payload) => {
                self.record_panic(header, payload);
                (End::Panicked, None)
            }
            Ended::Cancelled => (End::Cancelled, None),
        }
    }

    fn panicked(&self, header: &Header, payload: Payload) {
        self.record_panic(header, payload);
    }

    fn cleanup_pending(&self, task: Held<'_>) {
        self.node().child_cleanup_pending(task);
    }

    fn address(&self) -> *const () {
        self.node.cast()
    }

    unsafe fn left(self, task: Held<'_>) {
        // SAFETY: by the contract, and a child is linked at birth.
        unsafe { Node::left(self.node, task) };
    }
}
