//! A scope around a body without children of its own: the base of `timeout!`, `shield!` and
//! `defer!`.
//!
//! The same protocol as a group's (`group/README.md`), less the children: open, run the body, and
//! if it is marked and nothing is open inside it, drop it in place; then close.

#![allow(unsafe_code)] // Pins the body.

use crate::base::unwind::Ended;
use crate::base::unwind::Payload;
use crate::cancel::scope::Scope;
use crate::task::current::{self, Running};
use crate::task::poll::{drop_in_place, poll_frame};
use crate::task::stack;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The owner of a body's scope. It does not move while the body lives.
pub(crate) trait HasScope {
    fn scope(&self) -> &Scope;
}

impl HasScope for Scope {
    fn scope(&self) -> &Scope {
        self
    }
}

/// How the body ended.
#[derive(Debug)]
pub(crate) enum Enclosed<T> {
    /// With its value.
    Finished(T),
    /// It was dropped, because its own scope was marked.
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Unopened,
    Open,
    /// Closed. The scope further out drops this future, or it has returned its result.
    Closed,
}

/// The future of a body in a scope.
pub(crate) struct ScopedBody<S, B> {
    scope: S,
    body: Option<B>,
    phase: Phase,
    /// The body has ended under a mark, whatever its destructors did then.
    was_cancelled: bool,
    _never_unpin: PhantomPinned,
}

// SAFETY: the scope's cells are the polling thread's; the body moves with it before it is polled.
unsafe impl<S: HasScope, B: Send> Send for ScopedBody<S, B> {}

impl<S, B> ScopedBody<S, B> {
    /// Whether the body, which has ended, was dropped under a mark, or something in it was.
    pub(crate) fn was_cancelled(&self) -> bool
    where
        S: HasScope,
    {
        self.was_cancelled || self.scope.scope().was_met()
    }

    /// The owner of the scope.
    pub(crate) fn owner(&self) -> &S {
        &self.scope
    }
}

impl<S: HasScope, B: Future> ScopedBody<S, B> {
    pub(crate) fn new(scope: S, body: B) -> Self {
        ScopedBody {
            scope,
            body: Some(body),
            phase: Phase::Unopened,
            was_cancelled: false,
            _never_unpin: PhantomPinned,
        }
    }

    /// Polls the body. `Pending` from then on if a scope further out is marked.
    pub(crate) fn poll_enclosed(
        mut self: Pin<&mut Self>,
        running: &Running,
        cx: &mut Context<'_>,
    ) -> Poll<Enclosed<B::Output>> {
        match ready!(self.as_mut().poll_to_end(running, cx)) {
            Err(payload) => resume_unwind(payload),
            Ok(Some(value)) => Poll::Ready(Enclosed::Finished(value)),
            Ok(None) if self.is_marked_outside(running) => Poll::Pending,
            Ok(None) => Poll::Ready(Enclosed::Ended),
        }
    }

    /// Polls the body until it has ended in any way and is gone: with its value, with a panic, or
    /// (`None`) under a mark. Then it stays `Pending`.
    pub(crate) fn poll_to_end(
        self: Pin<&mut Self>,
        running: &Running,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<B::Output>, Payload>> {
        // SAFETY: the body is not moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        match this.phase {
            Phase::Closed => return Poll::Pending,
            Phase::Unopened => this.open(running),
            Phase::Open => {}
        }
        let body = this.body.as_mut().expect("there until the end");
        let scope = this.scope.scope();
        // SAFETY: our scope's chain is open, and this thread polls the vthread.
        let is_marked = || unsafe { running.vthread().is_marked(scope) };
        let polled = running.within(scope, || {
            poll_frame(scope, running, is_marked, || {
                // SAFETY: the body is pinned with `self`, and dropped where it is.
                unsafe { Pin::new_unchecked(body) }.poll(cx)
            })
        });
        let Some(ended) = polled else {
            return Poll::Pending;
        };
        this.was_cancelled = matches!(ended, Ended::Cancelled);
        if this.was_cancelled {
            // SAFETY: as above.
            unsafe { running.vthread().cut(scope) };
        }
        // SAFETY: ours, and nothing is open in it.
        let dropped = unsafe { drop_in_place(running, &raw mut this.body, || None) };
        this.close();
        stack::goes_on();
        Poll::Ready(match ended.after_drop(dropped) {
            Ended::Finished(value) => Ok(Some(value)),
            Ended::Cancelled => Ok(None),
            Ended::Panicked(payload) => Err(payload),
        })
    }

    fn open(&mut self, running: &Running) {
        let scope = self.scope.scope();
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        let around = unsafe {
            scope.set_parent(running.scope());
            &*running.scope()
        };
        around.opened_inside();
        self.phase = Phase::Open;
    }

    fn close(&mut self) {
        // SAFETY: the scope around is still open.
        unsafe { &*self.scope.scope().parent() }.closed_inside();
        self.phase = Phase::Closed;
    }

    fn is_marked_outside(&self, running: &Running) -> bool {
        // SAFETY: our scope's chain is open, and this thread polls the vthread.
        unsafe { running.vthread().is_marked(self.scope.scope().parent()) }
    }
}

/// Calls `code` with the current poll, which must be the vthread's own.
pub(crate) fn with_own<R>(
    cx: &mut Context<'_>,
    code: impl FnOnce(&Running, &mut Context<'_>) -> R,
) -> R {
    current::with(|running| {
        let running = running
            .filter(|running| running.is_own(cx))
            .expect("a scope is polled by its vthread, not by a foreign executor");
        code(running, cx)
    })
}

impl<S, B> fmt::Debug for ScopedBody<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedBody")
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
