//! Grace: how long cleanup may take after a cancellation, and how it ends.
//!
//! The first mark of a cancellation leaves shields alone, and so cleanup runs. When the grace is
//! over, everything that is still open is marked a second time, *forced*, and no shield stops that:
//! the cleanup is dropped at its next suspension point, as all other code is. No member is left
//! behind meanwhile: frames wait for their groups, and groups join their children, as ever.
//!
//! A timer is set:
//! - by a group that is cancelled, for all that was marked with it (`Node::begin_grace`), and by
//!   one further in only if its own grace is shorter;
//! - by a group, for a child that was cancelled individually and whose cleanup is pending
//!   (`Node::child_cleanup_pending`);
//! - by a `timeout!` whose time is over, if cleanup is pending in it;
//! - by a `select!`, if cleanup is pending in its losers, and by a blocking call in a plain frame,
//!   for itself (`CleanupTimer`): these are polled whenever their vthread is.
//!
//! So nothing is set before there is a cancellation. The timer is dropped with the group, the
//! child, the construct.

#![allow(unsafe_code)] // A child by address, kept alive by its waker.

use super::cancel::{Reach, Walk};
use super::first_failure::Member;
use super::node::Node;
use crate::cancel::grace_period::Grace;
use crate::config;
use crate::task::header::{Header, Held};
use crate::trace;
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

/// An alarm that is set. Dropping it cancels it.
pub(crate) struct GraceTimer(#[allow(dead_code)] Box<dyn Any + Send>);

impl GraceTimer {
    pub(crate) fn new(alarm: impl Any + Send) -> Self {
        GraceTimer(Box::new(alarm))
    }
}

impl fmt::Debug for GraceTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GraceTimer")
    }
}

/// Grace timers of children that were cancelled individually, by their addresses.
pub(crate) type PendingCleanups = HashMap<*const Header, GraceTimer>;

/// Wakes `waker` when `grace` is over. `None`: it never is.
pub(crate) fn arm(grace: Grace, waker: Waker) -> Option<GraceTimer> {
    let duration = grace.duration(config::grace)?;
    Some(crate::runtime::arm(duration, waker))
}

impl Node {
    /// Called after a cancellation: what is still open in the group when its grace is over gets a
    /// forced mark.
    pub(crate) fn begin_grace(self: &Arc<Self>, reach: Reach) {
        let graces_over = {
            let state = self.lock();
            let waits_for_body = reach == Reach::Body && state.owner.is_some();
            if state.cancel.grace.is_some() || !(state.members.alive > 0 || waits_for_body) {
                return;
            }
            state.cancel.graces_over
        };
        let Some(armed) = arm(self.scope.grace(), Waker::from(self.clone())) else {
            return;
        };
        let late = {
            let mut state = self.lock();
            // The group of the process has no owner, and is never closed.
            let is_closed = state.owner.is_none() && state.members.alive == 0;
            // A timer that has rung by now has done its work: kept, it would stand in the way of
            // the next one.
            let has_rung = state.cancel.graces_over != graces_over;
            if is_closed || has_rung || state.cancel.grace.is_some() {
                Some(armed)
            } else {
                state.cancel.grace.replace(armed)
            }
        };
        drop(late);
    }

    /// The grace is over: marks what was cancelled a second time, and all below it.
    pub(crate) fn end_grace(self: &Arc<Self>) {
        let (walk, rung) = {
            let mut state = self.lock();
            state.cancel.is_forced = state.cancel.reason.is_some();
            state.cancel.graces_over = state.cancel.graces_over.wrapping_add(1);
            let mut walk = Walk::forced();
            state.for_each_child(|child| {
                if child.vthread.root.has_own_mark() {
                    walk.force_child(child);
                }
            });
            self.force_body(&state, &mut walk);
            // A later cancellation, if this was for the services only, has a grace of its own.
            (walk, state.cancel.grace.take())
        };
        drop(rung);
        trace::grace_over(self.body().who());
        walk.finish();
    }

    /// A child that was marked has been polled since, and something in it is still open.
    #[cold]
    pub(crate) fn child_cleanup_pending(&self, child: Held<'_>) {
        let key = child.as_ptr().as_ptr().cast_const();
        {
            let state = self.lock();
            // The group's own timer is set, or that of a group further out.
            let is_covered = state.cancel.reason.is_some() || state.cancel.grace.is_some();
            let is_known = state.cancel.pending_cleanups.as_ref();
            if is_covered
                || is_known.is_some_and(|pending_cleanups| pending_cleanups.contains_key(&key))
            {
                return;
            }
        }
        let timer = Arc::new(ChildTimer {
            task: child.waker(),
            child: child.as_ptr(),
        });
        if let Some(armed) = arm(self.scope.grace(), Waker::from(timer)) {
            let mut state = self.lock();
            state.turn_prompt();
            // The child is being polled by this thread, so it has not left.
            state
                .cancel
                .pending_cleanups
                .get_or_insert_default()
                .insert(key, armed);
        }
    }
}

impl Wake for Node {
    /// The alarm of `begin_grace`.
    fn wake(self: Arc<Self>) {
        self.end_grace();
    }
}

/// The alarm of `child_cleanup_pending`.
struct ChildTimer {
    /// Keeps the child's header alive.
    task: Waker,
    child: NonNull<Header>,
}

// SAFETY: the header is reached by its atomics and locks only.
unsafe impl Send for ChildTimer {}
// SAFETY: as above.
unsafe impl Sync for ChildTimer {}

impl Wake for ChildTimer {
    fn wake(self: Arc<Self>) {
        // SAFETY: `task` keeps the header alive.
        let child = unsafe { Held::new(self.child) };
        trace::grace_over(Member::from(child.header()).who());
        let mut walk = Walk::forced();
        walk.force_child(child);
        walk.finish();
        let _ = &self.task;
    }
}

/// The alarm of a construct in a frame that polls the rest of its body until that is gone.
pub(crate) struct CleanupTimer {
    timer: Arc<TimerState>,
    _armed: Option<GraceTimer>,
}

struct TimerState {
    has_rung: AtomicBool,
    vthread: Waker,
}

impl Wake for TimerState {
    fn wake(self: Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        self.vthread.wake_by_ref();
    }
}

impl CleanupTimer {
    /// Sets the alarm; when it rings the vthread is polled.
    #[cold]
    pub(crate) fn new(grace: Grace, cx: &Context<'_>) -> Self {
        let timer = Arc::new(TimerState {
            has_rung: AtomicBool::new(false),
            vthread: cx.waker().clone(),
        });
        let armed = arm(grace, Waker::from(timer.clone()));
        CleanupTimer {
            timer,
            _armed: armed,
        }
    }

    /// Whether the grace is over.
    pub(crate) fn is_over(&self) -> bool {
        self.timer.has_rung.load(Ordering::Acquire)
    }
}

impl fmt::Debug for CleanupTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CleanupTimer")
            .field("is_over", &self.is_over())
            .finish_non_exhaustive()
    }
}
