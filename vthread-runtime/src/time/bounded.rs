//! `timeout!`: a body that is cancelled in place when its time is over.
//!
//! The scope is on the heap, because the alarm reaches it from the driver's thread: ringing marks
//! the scope and wakes the vthread, whatever part of its call stack is being polled then.

#![allow(unsafe_code)] // Pin projection; the scope's cells.

use super::Instant;
use super::time_limit::End;
use crate::cancel::deadline::Deadline;
use crate::cancel::grace_period::Grace;
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Scope};
use crate::driver::{self, Alarm, Set};
use crate::group::cancel::{cancel_scope, force_scope};
use crate::group::grace::{GraceTimer, arm};
use crate::primitive::Mutex;
use crate::scheduler::parker::Park;
use crate::scoped::body::{Enclosed, HasScope, ScopedBody, with_own};
use crate::task::current::Running;
use crate::task::vthread::Vthread;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

/// The error of a `timeout!` whose time was over before its body had ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("deadline has elapsed")
    }
}

impl std::error::Error for Elapsed {}

impl From<Elapsed> for std::io::Error {
    fn from(_: Elapsed) -> Self {
        std::io::ErrorKind::TimedOut.into()
    }
}

/// The part that the alarm reaches.
struct Node {
    scope: Scope,
    frame: OnceLock<Frame>,
    grace: Mutex<Second>,
}

/// The frame around it.
struct Frame {
    vthread: *const Vthread,
    /// Keeps the vthread's memory alive.
    waker: Waker,
    /// How long cleanup may take here.
    grace: Grace,
}

/// The alarm that bounds the cleanup, once the time is over. It marks by itself: when the vthread
/// is woken the innermost part of its call stack is polled, which may be far inside of the timeout.
enum Second {
    Unset,
    Set(#[allow(dead_code)] Option<GraceTimer>),
    /// The timeout is gone.
    Gone,
}

// SAFETY: the alarm's thread touches the mark only, which is atomic, and the part of the vthread
// under its lock; the rest is set once or under a lock.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

impl HasScope for Arc<Node> {
    fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Node {
    /// The time is over: the rest of the body has as long as its grace.
    fn begin_grace(self: &Arc<Self>) {
        let Some(frame) = self.frame.get() else {
            return;
        };
        if !matches!(*self.grace.lock(), Second::Unset) {
            return;
        }
        let armed = arm(frame.grace, Waker::from(Arc::new(Bell(self.clone()))));
        let late = {
            let mut second = self.grace.lock();
            match *second {
                Second::Unset => {
                    *second = Second::Set(armed);
                    None
                }
                _ => armed,
            }
        };
        drop(late);
    }
}

impl Wake for Node {
    fn wake(self: Arc<Self>) {
        if let Some(Frame { vthread, waker, .. }) = self.frame.get() {
            // SAFETY: the waker is one of that vthread, and so keeps it alive.
            let vthread = unsafe { &**vthread };
            cancel_scope(&self.scope, vthread, waker.clone(), &CancelReason::TimedOut);
            self.begin_grace();
        }
    }
}

/// The second alarm.
struct Bell(Arc<Node>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        if let Some(Frame { vthread, waker, .. }) = self.0.frame.get() {
            // SAFETY: as for the first one.
            let vthread = unsafe { &**vthread };
            force_scope(&self.0.scope, vthread, waker.clone());
        }
    }
}

/// The future of a `timeout!`.
pub struct Timeout<B> {
    enclosure: ScopedBody<Arc<Node>, B>,
    /// `None`: never.
    deadline: Option<Instant>,
    alarm: Alarm,
}

/// A body and its time.
///
/// # Safety
/// - `body` was made by `timeout!`; the future is awaited by a vthread, in place.
pub unsafe fn timeout<B: Future>(end: End, body: B) -> Timeout<B> {
    let End(deadline) = end;
    let node = Arc::new(Node {
        scope: Scope::new(Kind::Timeout),
        frame: OnceLock::new(),
        grace: Mutex::new(Second::Unset),
    });
    node.scope
        .set_deadline(deadline.map_or(Deadline::NEVER, Deadline::at));
    Timeout {
        enclosure: ScopedBody::new(node, body),
        deadline,
        alarm: Alarm::new(None),
    }
}

impl<B: Future> Future for Timeout<B> {
    type Output = Result<B::Output, Elapsed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        with_own(cx, |running, cx| {
            if !self.alarm.see().is_set() {
                self.as_ref().start(running, cx);
            }
            // SAFETY: structural pinning.
            let enclosure = unsafe { self.as_mut().map_unchecked_mut(|this| &mut this.enclosure) };
            match enclosure.poll_enclosed(running, cx) {
                Poll::Ready(Enclosed::Finished(value)) => Poll::Ready(Ok(value)),
                Poll::Ready(Enclosed::Ended) => Poll::Ready(Err(Elapsed(()))),
                Poll::Pending => {
                    let node = self.enclosure.owner();
                    if node.scope.has_own_mark() {
                        node.begin_grace();
                    }
                    Poll::Pending
                }
            }
        })
    }
}

impl<B: Future> Timeout<B> {
    fn start(self: Pin<&Self>, running: &Running, cx: &Context<'_>) {
        let node = self.enclosure.owner();
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        let around = unsafe { &*running.scope() };
        let frame = Frame {
            vthread: running.vthread(),
            waker: cx.waker().clone(),
            grace: around.grace(),
        };
        if node.frame.set(frame).is_err() {
            // Due at once, and marked already; or no alarm is needed.
            return;
        }
        let Some(deadline) = self.deadline else {
            return;
        };
        // From here on suspension points check the clock.
        running.vthread().set_maybe_cancelled();
        if around.deadline() <= node.scope.deadline() {
            // The outer timeout cancels first, and with it this body. If both came at the same tick
            // the inner one might otherwise win, and the code after it run.
            return;
        }
        // SAFETY: the alarm is pinned with the future.
        let alarm = unsafe { self.map_unchecked(|this| &this.alarm) };
        match alarm.set(deadline, Waker::from(node.clone())) {
            Set::Due => {
                node.scope.mark(&CancelReason::TimedOut);
            }
            Set::Waiting => {}
            Set::EndTheWait => driver::get().unpark(),
        }
    }
}

impl<B> Drop for Timeout<B> {
    fn drop(&mut self) {
        let second = std::mem::replace(&mut *self.enclosure.owner().grace.lock(), Second::Gone);
        drop(second);
    }
}

impl<B> fmt::Debug for Timeout<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
