//! The owner of a group, in the parent's frame. It has no lifetime, so that nothing can shorten it,
//! and its drop checks the promise that all else rests on.

#![allow(unsafe_code)] // Hands out views of itself by address.

use super::claim::First;
use super::first_failure::Member;
use super::handle::Group;
use super::node::{Node, State};
use super::options::{GroupOptions, OnFailure};
use crate::task::header::Header;
use crate::trace::{self, ErrorFormatter};
use std::cell::UnsafeCell;
use std::fmt;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Owns a group. Made by `group!` in the frame that opens it, and dropped after the join.
pub struct Owner<E> {
    pub(crate) node: Arc<Node>,
    /// The first failure. Touched under the node's lock.
    failure: UnsafeCell<Option<E>>,
    /// Formats failures for events. Set before the group is open.
    pub(crate) formatter: ErrorFormatter<E>,
    /// The later failures, in order of time, of a group that collects them. As above.
    rest: UnsafeCell<Vec<E>>,
}

// SAFETY: the failure is accessed under the node's lock only, and moves between threads.
unsafe impl<E: Send> Send for Owner<E> {}
// SAFETY: as above.
unsafe impl<E: Send> Sync for Owner<E> {}

impl<E> Owner<E> {
    /// Makes a group that is not open yet.
    ///
    /// # Safety
    /// - It is not moved after `group`, and is driven by `run` to its end before it is dropped.
    pub unsafe fn new(options: GroupOptions) -> Self {
        Owner {
            node: {
                let node = Node::new(
                    options.max_concurrency,
                    options.on_failure,
                    options.name,
                    options.site,
                );
                node.scope.set_grace(options.grace);
                node
            },
            failure: UnsafeCell::new(None),
            formatter: ErrorFormatter::new(),
            rest: UnsafeCell::new(Vec::new()),
        }
    }

    /// Returns a handle of the group, for its body and children.
    ///
    /// # Safety
    /// - `'scope` ends after `run` is done: the handle is given to `run`.
    pub unsafe fn group<'scope>(&self) -> Group<'scope, E> {
        // Relaxed: every spawner has the handle, and every child was spawned.
        let owner = ptr::from_ref(self).cast_mut().cast();
        self.node.owner.store(owner, Ordering::Relaxed);
        // SAFETY: the owner keeps the node, and the rest is the caller's promise.
        unsafe { Group::of(&self.node) }
    }

    /// Records a failure, of `child` or of the body if it is null: the first one is kept, and
    /// cancels the group unless the option is to keep going.
    pub(crate) fn record_failure(&self, error: E, member: Member<'_>, child: *const Header) {
        let mut error = Some(error);
        let has_claimed = |state: &State| state.failure.first == First::Claimed(child);
        let mut record = |state: &mut State| {
            state.failure.count += 1;
            if state.failure.first.tell(child) {
                // SAFETY: under the lock.
                unsafe { *self.failure.get() = error.take() };
            }
        };
        let mut state = self.node.lock();
        state.turn_prompt();
        if has_claimed(&state) || !self.node.on_failure.cancels() {
            // The others were cancelled when it was claimed; or they go on.
            record(&mut state);
            drop(state);
        } else {
            drop(state);
            self.node.cancel_for(member, record);
        }
        if let Some(error) = error {
            self.record_late(error, member);
        }
    }

    /// Records a failure after the first: it is kept in a group that collects, and reported as an
    /// event in any case, except in a race, where failures are expected.
    #[cold]
    fn record_late(&self, error: E, member: Member<'_>) {
        if self.node.on_failure != OnFailure::Race {
            trace::late_failure(member.who(), &self.formatter, &error);
        }
        match self.node.on_failure {
            OnFailure::Collect | OnFailure::Race => {
                let _state = self.node.lock();
                // SAFETY: under the lock.
                unsafe { (*self.rest.get()).push(error) };
            }
            OnFailure::Cancel | OnFailure::Keep => self.node.drop_in_group(error, member),
        }
    }

    /// The first failure is not returned: the group was cancelled from outside, and is dropped
    /// next.
    #[cold]
    pub(crate) fn tell_lost(&self, error: &E) {
        if self.node.on_failure != OnFailure::Race {
            let group = self.node.body().who();
            trace::lost_failure(group, &self.formatter, error);
        }
    }

    /// Takes the failures after the first. Called after the join.
    pub(crate) fn take_rest(&self) -> Vec<E> {
        let _state = self.node.lock();
        // SAFETY: under the lock.
        std::mem::take(unsafe { &mut *self.rest.get() })
    }

    /// Takes the first failure. Called after the join.
    pub(crate) fn take_failure(&self) -> Option<E> {
        let _state = self.node.lock();
        // SAFETY: under the lock.
        unsafe { (*self.failure.get()).take() }
    }
}

impl<E> Drop for Owner<E> {
    fn drop(&mut self) {
        if self.node.lock().members.alive != 0 {
            // Children may look at locals of the frame that goes: nothing sound can follow.
            eprintln!(
                "vthread: a group was dropped while its children ran; this is a bug in vthread"
            );
            std::process::abort();
        }
    }
}

impl<E> fmt::Debug for Owner<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner")
            .field("site", &self.node.site)
            .finish_non_exhaustive()
    }
}
