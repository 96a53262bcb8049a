//! The parent of a child's task: passes its result to the group, and notifies the group of its end.

#![allow(unsafe_code)] // The owner by address.

use super::handle::Group;
use super::node::Node;
use super::owner::Owner;
use crate::base::unwind::{Ended, Payload};
use crate::task::cell::Parent;
use crate::task::header::{End, Header, Held, release};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The parent of a task that is a child of a group.
pub(crate) struct Child<E> {
    /// Keeps the node through the child's last step, when the owner may be gone already.
    node: Arc<Node>,
    /// The node's owner is an `Owner<E>`, unless `E` has no values.
    _owner: PhantomData<*const Owner<E>>,
}

impl<E> Child<E> {
    /// Alive while the child is linked.
    #[inline]
    fn owner(&self) -> *const Owner<E> {
        self.node.owner.load(Ordering::Relaxed).cast()
    }

    fn record_panic(&self, header: &Header, payload: Payload) {
        match self.node.process {
            Some(process) => process.record_panic(header, payload),
            None => self.node.record_panic(payload, header.into()),
        }
    }
}

// SAFETY: the owner is `Sync` if `E` is `Send`, which `spawn` asks for.
unsafe impl<E: Send> Send for Child<E> {}

impl<E> Child<E> {
    pub(crate) fn new(group: &Group<'_, E>) -> Self {
        Child {
            node: group.keep_node(),
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
        self.node.child_cleanup_pending(task);
    }

    fn address(&self) -> *const () {
        Arc::as_ptr(&self.node).cast()
    }

    unsafe fn left(self, task: Held<'_>) {
        match self.node.process {
            Some(process) => {
                process.left(&task);
                // SAFETY: by the contract.
                unsafe { release(task.as_ptr()) };
            }
            // SAFETY: by the contract, and a child is linked at birth.
            None => unsafe { self.node.left(task) },
        }
    }
}
