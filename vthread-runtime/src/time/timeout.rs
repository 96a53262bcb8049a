//! `timeout!`: a body that is cancelled in place when its time is over.
//!
//! The scope is on the heap, because the alarm reaches it from the driver's thread: ringing marks
//! the scope and wakes the vthread, whatever part of its line is being polled then.

#![allow(unsafe_code)] // Pin projection; the scope's cells.

use super::{Duration, Instant};
use crate::driver::{self, Alarm, Set};
use crate::group::enclosure::{Enclosed, Enclosure, HasScope, with_own};
use crate::scheduler::park::Park;
use crate::task::reason::CancelReason;
use crate::task::scope::{Kind, Scope};
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
    vthread: OnceLock<Waker>,
}

// SAFETY: the alarm's thread touches the mark only, which is atomic.
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
        self.scope.mark(&CancelReason::TimedOut);
        if let Some(vthread) = self.vthread.get() {
            vthread.wake_by_ref();
        }
    }
}

/// The future of a `timeout!`.
pub struct Timeout<B> {
    enclosure: Enclosure<Arc<Node>, B>,
    deadline: Instant,
    alarm: Alarm<'static>,
}

/// A body and its time.
///
/// # Safety
/// - `body` was made by `timeout!`; the future is awaited by a vthread, in place.
pub unsafe fn timeout<B: Future>(duration: Duration, body: B) -> Timeout<B> {
    let now = Instant::now();
    // What no instant can express does not come to pass; thirty years stand for it.
    let far_away = Duration::from_secs(30 * 365 * 24 * 60 * 60);
    let node = Arc::new(Node {
        scope: Scope::new(Kind::Timeout),
        vthread: OnceLock::new(),
    });
    Timeout {
        enclosure: Enclosure::new(node, body),
        deadline: now.checked_add(duration).unwrap_or_else(|| now + far_away),
        alarm: driver::get().alarm(),
    }
}

impl<B: Future> Future for Timeout<B> {
    type Output = Result<B::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.alarm.is_set() {
            self.as_ref().start(cx);
        }
        // SAFETY: structural pinning.
        let enclosure = unsafe { self.map_unchecked_mut(|this| &mut this.enclosure) };
        with_own(cx, |running, cx| {
            // The mark comes without notice, so that this vthread looks for marks from now on.
            // SAFETY: the poll's vthread.
            unsafe { &*running.vthread }.set_suspect();
            enclosure
                .poll_enclosed(running, cx)
                .map(|enclosed| match enclosed {
                    Enclosed::Finished(value) => Ok(value),
                    Enclosed::Ended => Err(Elapsed(())),
                })
        })
    }
}

impl<B: Future> Timeout<B> {
    fn start(self: Pin<&Self>, cx: &Context<'_>) {
        let node = self.enclosure.owner();
        if node.vthread.set(cx.waker().clone()).is_err() {
            // Due at once, and marked already.
            return;
        }
        // SAFETY: the alarm is pinned with the future.
        let alarm = unsafe { self.map_unchecked(|this| &this.alarm) };
        match alarm.set(self.deadline, Waker::from(node.clone())) {
            Set::Due => node.scope.mark(&CancelReason::TimedOut),
            Set::Waiting => {}
            Set::EndTheWait => driver::get().unpark(),
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
