//! A doubly linked list whose nodes live in the frames of the waiting operations.
//!
//! Waiting allocates nothing, and a waiter that goes away unlinks itself in constant time. The
//! timer wheel and the wait list are built on it.
//!
//! # Who may touch what
//! A list is protected by a lock of its user. The links of a node, and every `Cell` in its value,
//! belong to the holder of the lock of the list that the node is used with, except those that its
//! type gives to the owner; one node is only ever used with one lock. A linked node must neither
//! move nor go away: its owner pins it and unlinks it, under the lock, before it drops it. After
//! unlinking, under the lock, no one but the owner touches it.
#![allow(unsafe_code)] // Nodes are owned by frames and reached by the list through pointers.

use std::cell::Cell;
use std::marker::PhantomPinned;
use std::ptr::NonNull;

type Link<T> = Option<NonNull<Node<T>>>;

/// A node of a list, with a value that its owner sets.
pub(crate) struct Node<T> {
    before: Cell<Link<T>>,
    after: Cell<Link<T>>,
    value: T,
    /// The list holds pointers to the node. This also keeps `&mut` to a frame that contains it from
    /// being taken as unique.
    _pinned: PhantomPinned,
}

// SAFETY: A node is reached from another thread only under the lock of its list (module header),
// and its value may change threads; the links are plain pointers.
unsafe impl<T: Send> Send for Node<T> {}

impl<T> Node<T> {
    /// A node that is in no list.
    pub(crate) const fn new(value: T) -> Self {
        Node {
            before: Cell::new(None),
            after: Cell::new(None),
            value,
            _pinned: PhantomPinned,
        }
    }

    /// The owner's value. Its `Cell`s belong to the holder of the list's lock.
    pub(crate) fn value(&self) -> &T {
        &self.value
    }
}

impl<T> std::fmt::Debug for Node<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Node { .. }")
    }
}

/// The list: a first and a last node.
pub(crate) struct List<T> {
    first: Link<T>,
    last: Link<T>,
}

// SAFETY: The list reaches its nodes only through `&mut self`, that is, under the lock around it,
// and their values may be used from any thread that holds the lock.
unsafe impl<T: Send> Send for List<T> {}

impl<T> List<T> {
    /// The empty list.
    pub(crate) const fn new() -> Self {
        List {
            first: None,
            last: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The first node's value.
    pub(crate) fn front(&self) -> Option<&T> {
        // SAFETY: Linked nodes are alive (`push_back`), and `self` is borrowed, so it stays linked.
        self.first.map(|node| unsafe { &node.as_ref().value })
    }

    /// The number of nodes. It walks over them.
    pub(crate) fn count(&self) -> usize {
        let mut n = 0;
        let mut node = self.first;
        while let Some(linked) = node {
            n += 1;
            // SAFETY: Linked nodes are alive, and `self` is borrowed, so they stay linked.
            node = unsafe { linked.as_ref() }.after.get();
        }
        n
    }

    /// Whether it has more than `n` nodes.
    pub(crate) fn has_more_than(&self, n: usize) -> bool {
        let mut node = self.first;
        for _ in 0..n {
            let Some(linked) = node else { return false };
            // SAFETY: Linked nodes are alive, and `self` is borrowed, so they stay linked.
            node = unsafe { linked.as_ref() }.after.get();
        }
        node.is_some()
    }

    /// Whether `node` is the first or the last one of this list.
    pub(crate) fn has_at_an_end(&self, node: &Node<T>) -> bool {
        let node = Some(NonNull::from(node));
        self.first == node || self.last == node
    }

    /// Links `node` behind all others.
    ///
    /// # Safety
    /// `node` is in no list. It stays where it is, alive, until it is unlinked by `pop_front` or
    /// `remove`.
    pub(crate) unsafe fn push_back(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: Alive, as the caller promises.
        let links = unsafe { node.as_ref() };
        links.before.set(self.last);
        links.after.set(None);
        match self.last {
            // SAFETY: Linked nodes are alive.
            Some(last) => unsafe { last.as_ref() }.after.set(Some(node)),
            None => self.first = Some(node),
        }
        self.last = Some(node);
    }

    /// Links `node` before all others.
    ///
    /// # Safety
    /// As for `push_back`.
    pub(crate) unsafe fn push_front(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: Alive, as the caller promises.
        let links = unsafe { node.as_ref() };
        links.before.set(None);
        links.after.set(self.first);
        match self.first {
            // SAFETY: Linked nodes are alive.
            Some(first) => unsafe { first.as_ref() }.before.set(Some(node)),
            None => self.last = Some(node),
        }
        self.first = Some(node);
    }

    /// Unlinks the first node. It stays alive as long as the lock around this list is held.
    pub(crate) fn pop_front(&mut self) -> Link<T> {
        let node = self.first?;
        // SAFETY: `node` is linked here, as the first.
        unsafe { self.remove(node) };
        Some(node)
    }

    /// Unlinks `node`.
    ///
    /// # Safety
    /// `node` is linked in this list; or it is linked in another list of the same lock, where it is
    /// neither the first nor the last.
    pub(crate) unsafe fn remove(&mut self, node: NonNull<Node<T>>) {
        // SAFETY: Linked nodes are alive.
        let links = unsafe { node.as_ref() };
        let (before, after) = (links.before.take(), links.after.take());
        match before {
            // SAFETY: A linked node's neighbours are linked, so alive.
            Some(before) => unsafe { before.as_ref() }.after.set(after),
            None => self.first = after,
        }
        match after {
            // SAFETY: As above.
            Some(after) => unsafe { after.as_ref() }.before.set(before),
            None => self.last = before,
        }
    }
}

impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("is_empty", &self.is_empty())
            .finish_non_exhaustive()
    }
}
