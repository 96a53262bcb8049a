//! The protocol of a group's life in its parent's frame: open, run the body, join, close.
//!
//! The order of closing is always the same (`README.md` numbers the steps): the body is dropped
//! first, then the children are joined, then the group is unregistered, and only then does the
//! frame go on, fail, unwind, or wait to be dropped.

#![allow(unsafe_code)] // Pins the body, and links the group's scope by address.

use super::handle::Group;
use super::owner::Owner;
use crate::base::unwind::Ended;
use crate::base::unwind::{Payload, drop_quietly};
#[cfg(all(test, loom))]
use crate::cancel::scope::Level;
use crate::cancel::scope::Scope;
use crate::task::current::{self, Running};
use crate::task::poll::{drop_in_place, poll_frame};
use crate::task::vthread::Vthread;
use crate::task::wait_reason::WaitReason;
use crate::trace;
use std::fmt;
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The meaning of a body's end, and the group's result.
pub trait Exit<E, O> {
    /// The body's value, kept until the children are joined.
    type Said;
    /// The group's result.
    type Output;
    /// The body has ended.
    fn ended(&self, output: O) -> Result<Self::Said, E>;
    /// The body waits: it may have ended by a signal.
    fn signalled(&self) -> Option<Self::Said>;
    /// Called after the join: the result that holds whatever the body and the other members did, if
    /// there is one.
    fn decided(&self) -> Option<Self::Output> {
        None
    }
    /// Called after the join.
    fn deliver(&self, result: Result<Self::Said, E>, owner: &Owner<E>) -> Self::Output;
}

impl<E> Owner<E> {
    /// Runs the body and joins the children. Takes the handle, which keeps `'scope` alive until the
    /// future is done.
    ///
    /// # Safety
    /// - `group` is this owner's. The future is polled by vthreads only.
    pub unsafe fn run<'scope, C, B>(
        &self,
        group: Group<'scope, E>,
        body: B,
    ) -> GroupBody<'_, 'scope, E, B, Results<C, E>, C>
    where
        B: Future<Output = Result<C, E>>,
    {
        GroupBody::new(self, group, Results::new(), body)
    }
}

/// A group with an error type: the body and the group return a `Result`.
#[derive(Debug)]
pub struct Results<C, E>(PhantomData<fn() -> (C, E)>);

impl<C, E> Results<C, E> {
    pub(crate) fn new() -> Self {
        Results(PhantomData)
    }
}

impl<C, E> Exit<E, Result<C, E>> for Results<C, E> {
    type Said = C;
    type Output = Result<C, E>;
    fn ended(&self, output: Result<C, E>) -> Result<C, E> {
        output
    }
    fn signalled(&self) -> Option<C> {
        None
    }
    fn deliver(&self, result: Result<C, E>, _: &Owner<E>) -> Result<C, E> {
        result
    }
}

enum Stage<B, S> {
    Body(B),
    Said(S),
    /// The body was dropped, or has failed.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Unopened,
    Running,
    Joining,
    /// Closed under a mark: the scope further out drops this group.
    Closed,
}

/// The future of a group. Its type parameters are named one by one, not through `Exit`: whether it
/// is `Send` must not depend on an implementation for just these lifetimes, which the compiler has
/// erased by then.
pub struct GroupBody<'o, 'scope, E, B, X, S> {
    owner: &'o Owner<E>,
    /// Keeps `'scope` alive to the join.
    _group: Group<'scope, E>,
    exit: X,
    phase: Phase,
    stage: Stage<B, S>,
    _never_unpin: PhantomPinned,
}

impl<'o, 'scope, E, B: Future, S, X: Exit<E, B::Output, Said = S>>
    GroupBody<'o, 'scope, E, B, X, S>
{
    pub(crate) fn new(owner: &'o Owner<E>, group: Group<'scope, E>, exit: X, body: B) -> Self {
        debug_assert!(group.is_of(owner));
        GroupBody {
            owner,
            _group: group,
            exit,
            phase: Phase::Unopened,
            stage: Stage::Body(body),
            _never_unpin: PhantomPinned,
        }
    }

    fn scope(&self) -> &Scope {
        &self.owner.node.scope
    }

    /// Step 1: links the group's scope below the innermost one.
    fn open(&mut self, running: &Running, cx: &Context<'_>) {
        let scope = self.scope();
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        let around = unsafe {
            scope.set_parent(running.scope());
            &*running.scope()
        };
        around.opened_inside();
        let vthread: &Vthread = running.vthread();
        {
            let mut state = self.owner.node.lock();
            state.owner = Some((vthread, cx.waker().clone()));
            state.cancel.has_shorter_grace = scope.grace() < around.grace();
        }
        // SAFETY: the owner keeps the node until `close` has unlinked it; the scope is the node's
        // first field.
        unsafe { vthread.open().push(Arc::as_ptr(&self.owner.node).cast()) };
        // A mark set before the push did not find the group in the list.
        self.inherit_mark(running);
        self.phase = Phase::Running;
    }

    /// Passes a mark further out, if there is one, on to the children: it may have come without a
    /// walk down the tree, as a branch's of a `select!` does.
    fn inherit_mark(&self, running: &Running) {
        let outside = self.scope().parent();
        let vthread = running.vthread();
        // SAFETY: our scope's chain is open, and this thread polls the vthread.
        if let Some(reason) = unsafe { vthread.reason(outside) } {
            // SAFETY: as above.
            unsafe { vthread.cut(outside) };
            // SAFETY: as above.
            let level = unsafe { vthread.level(outside) };
            self.owner.node.cancel_from_outside(reason, level);
        }
    }

    /// Whether a scope further out is marked: the group's result is not used.
    fn is_marked_outside(&self, running: &Running) -> bool {
        // SAFETY: as above.
        unsafe { running.vthread().is_marked(self.scope().parent()) }
    }

    /// Step 2: polls the body. True when it has ended, in any way, and is gone.
    fn poll_body(&mut self, running: &Running, cx: &mut Context<'_>) -> bool {
        let owner = self.owner;
        let Stage::Body(body) = &mut self.stage else {
            return true;
        };
        let scope = &owner.node.scope;
        // SAFETY: our scope's chain is open, and this thread polls the vthread.
        let is_marked = || unsafe { running.vthread().is_marked(scope) };
        let exit = &mut self.exit;
        let in_chain = Arc::as_ptr(&owner.node).cast();
        let polled = running.within(in_chain, || {
            poll_frame(scope, running, is_marked, || {
                // SAFETY: the body is pinned with `self`, and dropped where it is.
                match unsafe { Pin::new_unchecked(body) }.poll(cx) {
                    Poll::Ready(output) => Poll::Ready(exit.ended(output)),
                    Poll::Pending => exit
                        .signalled()
                        .map_or(Poll::Pending, |said| Poll::Ready(Ok(said))),
                }
            })
        });
        let said = match polled {
            None => return false,
            Some(Ended::Finished(said)) => Some(said),
            Some(Ended::Cancelled) => {
                owner.node.body_is_dropped();
                None
            }
            Some(Ended::Panicked(payload)) => {
                self.record_panic(payload);
                None
            }
        };
        // An error is recorded before the rest of the body is dropped: its destructors come later.
        let said = match said {
            Some(Ok(said)) => Some(said),
            Some(Err(error)) => {
                owner.record_failure(error, owner.node.body(), ptr::null());
                None
            }
            None => None,
        };
        // SAFETY: ours, and nothing is open in it.
        let dropped = unsafe { drop_in_place(running, &raw mut self.stage, || Stage::Silent) };
        if let Err(payload) = dropped {
            self.record_panic(payload);
        }
        if let Some(said) = said {
            self.stage = Stage::Said(said);
        }
        true
    }

    fn record_panic(&self, payload: Payload) {
        let node = &self.owner.node;
        node.record_panic(payload, node.body());
    }

    /// Step 4: the body is gone; services end when no other child is left.
    fn start_joining(&mut self, running: &Running) {
        self.phase = Phase::Joining;
        self.inherit_mark(running);
        self.owner.node.body_has_ended();
    }

    /// Step 5: true when no child is left.
    fn is_joined(&self, cx: &Context<'_>) -> bool {
        self.owner.node.is_joined(cx.waker())
    }

    /// Step 6: unregisters the group.
    fn close(&mut self, running: &Running) {
        running.vthread().open().remove(self.scope());
        // SAFETY: what is around us is still open.
        unsafe { &*self.scope().parent() }.closed_inside();
        self.phase = Phase::Closed;
        let (owner, grace, leaked) = {
            let mut state = self.owner.node.lock();
            (state.owner.take(), state.cancel.grace.take(), state.leaked)
        };
        drop(owner);
        drop(grace);
        if leaked > 0 {
            let vthread = running.vthread();
            vthread.leaked_by_a_child(leaked);
        }
    }
}

impl<E, B: Future, S, X: Exit<E, B::Output, Said = S>> Future for GroupBody<'_, '_, E, B, X, S> {
    type Output = X::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<X::Output> {
        // SAFETY: the body is not moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        current::with(|running| {
            let running = running
                .filter(|running| running.is_own(cx))
                .expect("a group runs in a vthread, not under a foreign executor");
            if this.phase == Phase::Closed {
                return Poll::Pending;
            }
            if this.phase == Phase::Unopened {
                this.open(running, cx);
            }
            if this.phase == Phase::Running {
                if !this.poll_body(running, cx) {
                    return Poll::Pending;
                }
                this.start_joining(running);
            } else {
                this.inherit_mark(running);
            }
            if !this.is_joined(cx) {
                running.set_wait_reason(WaitReason::Closing);
                return Poll::Pending;
            }
            this.close(running);
            this.finish(running)
        })
    }
}

impl<E, B: Future, S, X: Exit<E, B::Output, Said = S>> GroupBody<'_, '_, E, B, X, S> {
    /// Step 7: the panic, or the first failure, or the body's value. If a mark from outside has
    /// ended the body or a child, so that work is missing, nothing: the scope around drops this
    /// group next.
    fn finish(&mut self, running: &Running) -> Poll<X::Output> {
        let node = &self.owner.node;
        let (panic, has_lost_work, failures) = {
            let mut state = node.lock();
            (
                state.failure.panic.take(),
                state.cancel.has_lost_work,
                state.failure.count,
            )
        };
        trace::group_ended(node.body().who(), failures);
        if let Some(payload) = panic {
            let stage = std::mem::replace(&mut self.stage, Stage::Silent);
            drop_quietly(stage);
            resume_unwind(payload);
        }
        let said = match std::mem::replace(&mut self.stage, Stage::Silent) {
            Stage::Said(said) => Some(said),
            _ => None,
        };
        if let Some(output) = self.exit.decided() {
            return Poll::Ready(output);
        }
        let failure = self.owner.take_failure();
        if has_lost_work && self.is_marked_outside(running) {
            if let Some(error) = &failure {
                self.owner.tell_lost(error);
            }
            running.dropping(|| drop((failure, said)));
            return Poll::Pending;
        }
        if failure.is_none() && node.lock().failure.first.is_lost() {
            running.dropping(|| drop(said));
            if self.is_marked_outside(running) {
                return Poll::Pending;
            }
            super::claim::lost(node);
        }
        match (failure, said) {
            (Some(error), said) => {
                drop(said);
                Poll::Ready(self.exit.deliver(Err(error), self.owner))
            }
            (None, Some(said)) => Poll::Ready(self.exit.deliver(Ok(said), self.owner)),
            (None, None) => unreachable!("a group ends with a value, a failure or a mark"),
        }
    }
}

impl<E, B, X, S> fmt::Debug for GroupBody<'_, '_, E, B, X, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBody")
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

/// Steps 1 and 6 as the models need them: without a poll.
#[cfg(all(test, loom))]
pub(crate) fn open_in_model(
    node: &Arc<super::node::Node>,
    vthread: &Vthread,
    around: &Scope,
) -> Option<Level> {
    link_in_model(&node.scope, around);
    // SAFETY: as in `open`.
    unsafe { vthread.open().push(Arc::as_ptr(node).cast()) };
    // SAFETY: the scope around the group outlives it.
    unsafe {
        let is_marked = vthread.is_marked(&node.scope);
        is_marked.then(|| vthread.level(&node.scope))
    }
}

#[cfg(all(test, loom))]
pub(crate) fn link_in_model(scope: &Scope, around: &Scope) {
    // SAFETY: the model keeps both until the end, and takes no share in a group through the chain.
    unsafe { scope.set_parent(around) };
}

#[cfg(all(test, loom))]
pub(crate) fn close_in_model(node: &Arc<super::node::Node>, vthread: &Vthread) {
    vthread.open().remove(&node.scope);
}
