//! `timeout!`: a body that is cancelled in place when its time is over.
//!
//! The scope is on the heap, because the alarm reaches it from the driver's thread: ringing marks
//! the scope and wakes the vthread, whatever part of its line is being polled then.

#![allow(unsafe_code)] // Pin projection; the scope's cells.

use super::{Duration, Instant};
use crate::driver::{self, Alarm, Set};
use crate::group::cancel::cancel_scope;
use crate::group::enclosure::{Enclosed, Enclosure, HasScope, with_own};
use crate::group::grace::Linger;
use crate::scheduler::park::Park;
use crate::task::current::Running;
use crate::task::deadline::Deadline;
use crate::task::reason::CancelReason;
use crate::task::scope::{Kind, Scope};
use crate::task::vthread::Vthread;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Wake, Waker};

/// The time was over before the body of a `timeout!` had ended.
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

/// What the alarm reaches.
struct Node {
    scope: Scope,
    /// Whose frame it is in; the waker keeps the vthread's memory.
    vthread: OnceLock<(*const Vthread, Waker)>,
}

// SAFETY: the alarm's thread touches the mark only, which is atomic, and of the vthread what is under its lock.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

impl HasScope for Arc<Node> {
    fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Wake for Node {
    fn wake(self: Arc<Self>) {
        if let Some((vthread, waker)) = self.vthread.get() {
            // SAFETY: the waker is one of that vthread, and so keeps it.
            let vthread = unsafe { &**vthread };
            cancel_scope(&self.scope, vthread, waker.clone(), CancelReason::TimedOut);
        }
    }
}

/// The future of a `timeout!`.
pub struct Timeout<B> {
    enclosure: Enclosure<Arc<Node>, B>,
    deadline: Instant,
    alarm: Alarm<'static>,
    /// What is left of the body after that has so much time.
    linger: Option<Box<Linger>>,
}

/// A body and its time.
///
/// # Safety
/// - `body` was made by `timeout!`; the future is awaited by a vthread, in place.
pub unsafe fn timeout<B: Future>(duration: Duration, body: B) -> Timeout<B> {
    let now = Instant::now();
    // What no instant can express does not come to pass; thirty years stand for it.
    let far_away = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    let deadline = now.checked_add(duration);
    let node = Arc::new(Node {
        scope: Scope::new(Kind::Timeout),
        vthread: OnceLock::new(),
    });
    node.scope
        .set_deadline(deadline.map_or(Deadline::NEVER, Deadline::at));
    Timeout {
        enclosure: Enclosure::new(node, body),
        deadline: deadline.unwrap_or_else(|| now + far_away),
        alarm: driver::get().alarm(),
        linger: None,
    }
}

impl<B: Future> Future for Timeout<B> {
    type Output = Result<B::Output, Elapsed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        with_own(cx, |running, cx| {
            if !self.alarm.is_set() {
                self.as_ref().start(running, cx);
            }
            if self.linger.as_ref().is_some_and(|linger| linger.is_over()) {
                self.enclosure.owner().scope.mark_hard();
            }
            // SAFETY: structural pinning.
            let enclosure = unsafe { self.as_mut().map_unchecked_mut(|this| &mut this.enclosure) };
            match enclosure.poll_enclosed(running, cx) {
                Poll::Ready(Enclosed::Finished(value)) => Poll::Ready(Ok(value)),
                Poll::Ready(Enclosed::Ended) => Poll::Ready(Err(Elapsed(()))),
                Poll::Pending => {
                    self.as_mut().bound_cleanup(cx);
                    Poll::Pending
                }
            }
        })
    }
}

impl<B: Future> Timeout<B> {
    fn start(self: Pin<&Self>, running: &Running, cx: &Context<'_>) {
        let node = self.enclosure.owner();
        let vthread = (running.vthread, cx.waker().clone());
        if node.vthread.set(vthread).is_err() {
            // Due at once, and marked already; or there is no need of an alarm.
            return;
        }
        // SAFETY: the innermost scope is open, and this thread polls its vthread.
        let around = unsafe { &*running.scope() };
        if around.deadline() <= node.scope.deadline() {
            // Whoever is around is cancelled first, and with it this body. Where both came at the same
            // tick the inner one might else win, and the code behind it run.
            return;
        }
        // SAFETY: the alarm is pinned with the future.
        let alarm = unsafe { self.map_unchecked(|this| &this.alarm) };
        match alarm.set(self.deadline, Waker::from(node.clone())) {
            Set::Due => {
                node.scope.mark(&CancelReason::TimedOut);
                // SAFETY: the poll's vthread.
                unsafe { &*running.vthread }.set_suspect();
            }
            Set::Waiting => {}
            Set::EndTheWait => driver::get().unpark(),
        }
    }

    /// If the time is over, and something in the body is still open.
    fn bound_cleanup(self: Pin<&mut Self>, cx: &Context<'_>) {
        let scope = &self.enclosure.owner().scope;
        if self.linger.is_none() && scope.has_own_mark() {
            let linger = Linger::new(scope.grace(), cx);
            // SAFETY: the field is not pinned.
            unsafe { self.get_unchecked_mut() }.linger = Some(Box::new(linger));
        }
    }
}

impl<B> fmt::Debug for Timeout<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
