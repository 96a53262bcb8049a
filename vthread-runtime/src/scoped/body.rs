//! A scope around a body without children of its own: the base of `timeout!`, `shield!` and
//! `defer!`.
//!
//! The same protocol as a group's (`group/README.md`), less the children: open, run the body, and
//! if it is marked and nothing is open inside it, drop it in place; then close.

#![allow(unsafe_code)] // Pins the body.

use crate::cancel::scope::{Kind, Scope};
use crate::task::cell::{CancelUnwind, Payload, drop_quietly};
use crate::task::current::{self, Running};
use crate::trace::panics;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
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
        let polled = running.within(this.scope.scope(), || {
            catch_unwind(AssertUnwindSafe(|| {
                // SAFETY: the body is pinned with `self`, and dropped in place.
                unsafe { Pin::new_unchecked(body) }.poll(cx)
            }))
        });
        let ended = match polled {
            // Plain code has stopped the unwinding of its cancellation: the body's result is
            // dropped.
            Ok(Poll::Ready(value)) if this.was_met() => running
                .dropping(|| catch_unwind(AssertUnwindSafe(|| drop(value))))
                .map(|()| None),
            Ok(Poll::Ready(value)) => Ok(Some(value)),
            Ok(Poll::Pending) if this.is_over(running) => Ok(None),
            Ok(Poll::Pending) => return Poll::Pending,
            Err(payload) if payload.is::<CancelUnwind>() && this.is_marked(running) => Ok(None),
            Err(payload) => {
                panics::caught(&*payload);
                Err(payload)
            }
        };
        this.scope.scope().must_be_empty();
        this.was_cancelled = matches!(ended, Ok(None));
        if this.was_cancelled {
            // SAFETY: our scope's chain is open, and this thread polls the vthread.
            unsafe { (*running.vthread).cut(this.scope.scope()) };
        }
        let dropped = this.drop_body(running);
        this.close();
        Poll::Ready(match (ended, dropped) {
            (Err(payload), late) => {
                drop_quietly(late);
                Err(payload)
            }
            (Ok(value), Err(payload)) => {
                drop_quietly(value);
                Err(payload)
            }
            (Ok(value), Ok(())) => Ok(value),
        })
    }

    fn open(&mut self, running: &Running) {
        let scope = self.scope.scope();
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        let around = unsafe { &*running.scope() };
        scope.set_parent(around);
        around.opened_inside();
        self.phase = Phase::Open;
    }

    fn close(&mut self) {
        // SAFETY: the scope around is still open.
        unsafe { &*self.scope.scope().parent() }.closed_inside();
        self.phase = Phase::Closed;
    }

    fn is_marked(&self, running: &Running) -> bool {
        // SAFETY: our scope's chain is open, and this thread polls the vthread.
        unsafe { (*running.vthread).is_marked(self.scope.scope()) }
    }

    /// Whether the mark of this scope was met, and plain code has stopped the unwinding.
    fn was_met(&self) -> bool {
        let scope = self.scope.scope();
        scope.was_met() && scope.kind != Kind::Catch
    }

    /// Whether the body, which waits, is to be dropped: it is marked, everything that was open in
    /// it has closed, and all that are to be marked are.
    fn is_over(&self, running: &Running) -> bool {
        self.is_marked(running) && self.scope.scope().is_empty() && !running.is_held()
    }

    fn is_marked_outside(&self, running: &Running) -> bool {
        // SAFETY: as above.
        unsafe { (*running.vthread).is_marked(self.scope.scope().parent()) }
    }

    /// Drops the body in place.
    fn drop_body(&mut self, running: &Running) -> Result<(), Payload> {
        let body: *mut Option<B> = &mut self.body;
        struct Emptied<B>(*mut Option<B>);
        impl<B> Drop for Emptied<B> {
            fn drop(&mut self) {
                // SAFETY: the contents were dropped, also if that unwound.
                unsafe { self.0.write(None) };
            }
        }
        running.dropping(|| {
            catch_unwind(AssertUnwindSafe(|| {
                let _emptied = Emptied(body);
                // SAFETY: ours, initialised, overwritten by the guard.
                unsafe { body.drop_in_place() };
            }))
        })
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
