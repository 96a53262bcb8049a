//! A group as its members see it: its live children, and its failures.
//!
//! Everything that threads race for is under one lock: the list of children, the counts, the first
//! failure, the reason of a cancellation, and the owner to wake. A child that ends mostly leaves
//! without the lock (`leaving.rs`). The members of a group hold
//! references to its node; the typed parts are in the `Owner`, in the parent's frame.

#![allow(unsafe_code)] // An intrusive list of tasks.

use super::cancel::{Reach, Walk, mark_child};
use super::claim::First;
use super::grace::{GraceTimer, PendingCleanups};
use super::leaving::Leaving;
use super::options::OnFailure;
use crate::base::unwind::Payload;
use crate::cancel::deadline::Deadline;
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Scope};
use crate::primitive::Mutex;
use crate::task::current;
use crate::task::handle::Linked;
use crate::task::header::{End, Header, Held};
use crate::task::vthread::Vthread;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::panic::{Location, resume_unwind};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::task::Waker;

/// The upper layer's part for the children of the process, which have no owner to record a failure
/// with.
pub(crate) trait ProcessGroup: Sync + fmt::Debug {
    /// A child has panicked.
    fn record_panic(&self, child: &Header, payload: Payload);
    /// A child and everything of it are gone. Unlinks it.
    fn left(&self, child: &Header);
}

/// A group.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Node {
    /// The scope of the body. First, since lists of scopes lead here.
    pub(crate) scope: Scope,
    pub(super) state: Mutex<State>,
    pub(super) leaving: Leaving,
    /// The `Owner<E>`, which does not move from the first handle of the group on, and is alive as
    /// long as the group is open. Null for the group of the process, which has none.
    pub(crate) owner: AtomicPtr<()>,
    /// Records the failures of its children, if it is the group of the process.
    pub(crate) process: Option<&'static dyn ProcessGroup>,
    pub(crate) limit: usize,
    pub(crate) on_failure: OnFailure,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) site: &'static Location<'static>,
}

// SAFETY: the scope's cells follow the rule in cancel/scope.rs, the rest is under the lock.
unsafe impl Send for Node {}
// SAFETY: as above.
unsafe impl Sync for Node {}

/// The state under the lock.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) members: Members,
    pub(crate) cancel: Cancellation,
    pub(crate) failure: Failure,
    pub(crate) permits: Permits,
    /// The body has ended: services end when no other child is left.
    pub(crate) is_closing: bool,
    /// All have ended, and no child is linked any more.
    pub(crate) is_closed: bool,
    /// The owner, from opening to closing: woken when the body is marked.
    pub(crate) owner: Option<(*const Vthread, Waker)>,
    /// The owner waits for the last child.
    pub(crate) is_joining: bool,
    /// The last leaks of its traced children, by their births: see task/guard_escape.rs.
    pub(crate) leaked: u32,
    /// The number of this group's join, assigned by the first observer.
    pub(crate) number: Cell<u64>,
}

/// The children that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Members {
    /// The head of their list.
    first: Option<NonNull<Header>>,
    pub(crate) alive: usize,
    /// Those of them that keep the group open.
    pub(crate) ordinary: usize,
}

/// How the group was cancelled, if it was.
#[derive(Debug, Default)]
pub(crate) struct Cancellation {
    /// The reason why nothing is spawned any more.
    pub(crate) reason: Option<CancelReason>,
    /// The first to cancel the children.
    pub(crate) of_children: Option<Reach>,
    /// The first to cancel the body: the group itself, or a mark from outside.
    pub(crate) of_body: Option<Reach>,
    /// The children have a forced mark: the grace is over.
    pub(crate) is_forced: bool,
    /// The group's own grace is shorter than that of the scope around it.
    pub(crate) has_shorter_grace: bool,
    /// The grace timer, until the group is closed.
    pub(crate) grace: Option<GraceTimer>,
    /// How many grace timers have rung.
    pub(crate) graces_over: u32,
    /// Grace timers of children that were cancelled individually.
    pub(crate) pending_cleanups: Option<Box<PendingCleanups>>,
    /// A mark from outside has ended a member that keeps the group open: its work is missing.
    pub(crate) has_lost_work: bool,
}

/// The failures of the group.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    /// The member whose failure is the first one.
    pub(crate) first: First,
    /// The child that has claimed it, the only one not marked yet.
    pub(crate) spared: Option<NonNull<Header>>,
    /// The number of errors and panics so far.
    pub(crate) count: usize,
    pub(crate) panic: Option<Payload>,
}

/// The permits of a group with a limit.
#[derive(Debug, Default)]
pub(crate) struct Permits {
    /// Children running now.
    pub(crate) running: usize,
    /// Waiters for a permit.
    pub(crate) queue: VecDeque<(u64, Waker)>,
    pub(crate) next_ticket: u64,
}

impl Node {
    pub(crate) fn new(
        limit: usize,
        on_failure: OnFailure,
        name: Option<Cow<'static, str>>,
        site: &'static Location<'static>,
    ) -> Arc<Self> {
        Arc::new(Self::of(None, limit, on_failure, name, site))
    }

    /// The group of the process, which has no owner.
    #[track_caller]
    pub(crate) fn of_process(process: &'static dyn ProcessGroup) -> Arc<Self> {
        let (on_failure, name) = (OnFailure::Keep, Some("process".into()));
        let site = Location::caller();
        Arc::new(Self::of(Some(process), usize::MAX, on_failure, name, site))
    }

    fn of(
        process: Option<&'static dyn ProcessGroup>,
        limit: usize,
        on_failure: OnFailure,
        name: Option<Cow<'static, str>>,
        site: &'static Location<'static>,
    ) -> Self {
        Node {
            scope: Scope::new(Kind::Group),
            state: Mutex::new(State {
                members: Members::default(),
                cancel: Cancellation::default(),
                failure: Failure::default(),
                permits: Permits::default(),
                is_closing: false,
                is_closed: false,
                owner: None,
                is_joining: false,
                leaked: 0,
                number: Cell::new(0),
            }),
            leaving: Leaving::new(process.is_some() || limit != usize::MAX),
            owner: AtomicPtr::new(ptr::null_mut()),
            process,
            limit,
            on_failure,
            name,
            site,
        }
    }

    /// Called after the captures of a child that was spawned too late were dropped: no parent joins
    /// the group any more, so that a panic is the spawner's.
    pub(crate) fn resume_late_panic(&self) {
        let payload = {
            let mut state = self.lock();
            if state.is_closed {
                state.failure.panic.take()
            } else {
                None
            }
        };
        if let Some(payload) = payload {
            resume_unwind(payload);
        }
    }

    /// Adds a child. In a cancelled group it is marked at birth, so that none of its code runs.
    #[inline(never)] // It is the same for all children.
    pub(crate) fn link(&self, child: Held<'_>) -> Linked {
        child.vthread.root.inherit(&self.scope);
        if child.vthread.root.deadline() != Deadline::NEVER {
            // Its suspension points check the clock.
            child.vthread.set_maybe_cancelled();
        }
        if child.is_service() {
            return self.link_service(child);
        }
        // A spawn need not know who has left.
        self.state.lock().link(child)
    }

    #[cold]
    fn link_service(&self, child: Held<'_>) -> Linked {
        let mut state = self.lock();
        state.turn_prompt();
        state.link(child)
    }

    /// A child and everything of it are gone. See `left`, which mostly does without the lock.
    pub(crate) fn unlink(self: &Arc<Self>, child: &Header) {
        let has_permit = child.has_permit().load(Ordering::Relaxed);
        let (services, owner, queued, pending_cleanups) = {
            let mut state = self.lock();
            if state.is_closed {
                // It was never linked.
                return;
            }
            state.turn_prompt();
            if state.failure.first != First::Open {
                state.gone(child);
            }
            state.unlink(child);
            let queued = has_permit
                .then(|| state.release_permit(self.limit))
                .flatten();
            let services = state.mark_services();
            let owner = (state.members.alive == 0 && state.is_joining).then(|| state.owner_waker());
            let pending_cleanups = state.cancel.pending_cleanups.as_mut();
            let pending_cleanups =
                pending_cleanups.and_then(|all| all.remove(&ptr::from_ref(child)));
            (services, owner.flatten(), queued, pending_cleanups)
        };
        drop(pending_cleanups);
        if let Some(services) = services {
            self.end_services(*services);
        }
        if let Some(waker) = queued {
            waker.wake();
        }
        if let Some(waker) = owner {
            waker.wake();
        }
    }

    /// The body is gone: services end when no other child is left.
    pub(crate) fn body_has_ended(self: &Arc<Self>) {
        let services = {
            let mut state = self.lock();
            state.is_closing = true;
            state.mark_services()
        };
        if let Some(services) = services {
            self.end_services(*services);
        }
    }

    /// The body was dropped under a mark. If the group itself was the first to set one, it was
    /// because of a failure or a winner, and the group returns these.
    pub(crate) fn body_is_dropped(&self) {
        let mut state = self.lock();
        state.cancel.has_lost_work |= state.cancel.of_body != Some(Reach::Body);
    }

    /// Wakes the services that were marked, whose grace begins.
    #[cold]
    fn end_services(self: &Arc<Self>, mut services: Walk) {
        if !services.is_empty() {
            services.begin_grace(self.clone(), Reach::Children);
        }
        services.finish();
    }

    /// Whether no child is left, and then none comes any more. Otherwise the last one wakes the
    /// owner.
    pub(crate) fn is_joined(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.members.alive == 0 {
            // From here on a spawn through an owned handle is too late.
            state.turn_prompt();
            state.is_closed = true;
            return true;
        }
        state.is_joining = true;
        if let Some((_, owner)) = &mut state.owner
            && !owner.will_wake(waker)
        {
            owner.clone_from(waker);
        }
        false
    }
}

impl State {
    #[inline(always)] // Twice, and once where it is hot.
    fn link(&mut self, child: Held<'_>) -> Linked {
        if self.is_closed {
            // Only an owned handle leads here. The owner does not wait for this child.
            child.vthread.root.mark(&CancelReason::GroupEnded);
            child.vthread.set_maybe_cancelled();
            return Linked::IsCancelled;
        }
        self.members.alive += 1;
        self.trace(&child);
        self.members.ordinary += usize::from(!child.is_service());
        child.set_after(self.members.first);
        // SAFETY: linked children are alive: they are unlinked under this lock first.
        if let Some(first) = self.members.first.map(|first| unsafe { Held::new(first) }) {
            first.set_before(Some(child.as_ptr()));
        }
        self.members.first = Some(child.as_ptr());
        // Refused work is missing as well, if the mark came from outside.
        child.set_lost_work(self.is_cancelled_from_outside());
        let reason = match &self.cancel.reason {
            Some(reason) => reason,
            None if self.is_closing && child.is_service() && self.members.ordinary == 0 => {
                &CancelReason::GroupEnded
            }
            None => return Linked::Runs,
        };
        child.vthread.root.mark(reason);
        child.vthread.set_maybe_cancelled();
        Linked::IsCancelled
    }

    /// A child and everything of it are gone.
    #[inline(always)] // Twice, and once where it is hot.
    pub(super) fn unlink(&mut self, child: &Header) {
        self.remove(child);
        self.members.alive -= 1;
        match child.born() {
            0 => {}
            born => self.settle(child, born),
        }
        self.members.ordinary -= usize::from(!child.is_service());
        // A child that ended by itself under the mark, behind a shield perhaps, is not missing.
        let is_missing = child.has_lost_work() && child.end() == End::Cancelled;
        self.cancel.has_lost_work |= is_missing && !child.is_service();
    }

    /// Whether the children are cancelled, because of a mark further out.
    pub(crate) fn is_cancelled_from_outside(&self) -> bool {
        self.cancel.of_children == Some(Reach::FromOutside)
    }

    /// A child is spawned, with all its captures.
    #[inline(always)] // Once for each child, but there are two places.
    fn trace(&self, child: &Header) {
        current::with(|running| {
            let Some(running) = running else { return };
            let spawner = running.vthread();
            let is_own =
                matches!(self.owner, Some((owner, _)) if ptr::eq(owner, running.vthread()));
            if is_own {
                if let Some(count) = spawner.spawned_traced(&child.vthread) {
                    child.set_born(count);
                }
            } else {
                spawner.leak();
            }
        });
    }

    /// A child is gone, whose spawner was followed: its captures are gone too, or have leaked.
    #[cold]
    fn settle(&mut self, child: &Header, born: u32) {
        let leaves_something = !matches!(child.end(), End::Done | End::Cancelled);
        if child.vthread.leaked() > 0 || leaves_something {
            self.leaked = self.leaked.max(born);
        }
    }

    fn remove(&mut self, child: &Header) {
        let (before, after) = (child.before(), child.after());
        // SAFETY: neighbours are linked, hence alive.
        match before.map(|before| unsafe { Held::new(before) }) {
            Some(before) => before.set_after(after),
            None => self.members.first = after,
        }
        // SAFETY: as above.
        if let Some(after) = after.map(|after| unsafe { Held::new(after) }) {
            after.set_before(before);
        }
    }

    /// Calls `visit` with every child.
    pub(crate) fn for_each_child(&self, mut visit: impl FnMut(Held<'_>)) {
        let mut at = self.members.first;
        // SAFETY: linked children are alive, and none is unlinked under our lock.
        while let Some(child) = at.map(|child| unsafe { Held::new(child) }) {
            at = child.after();
            visit(child);
        }
    }

    /// A child is gone, in a group that has failed. It may be the one that claimed the first
    /// failure, and was spared for that.
    #[cold]
    fn gone(&mut self, child: &Header) {
        self.failure.first.gone(child);
        if self
            .failure
            .spared
            .is_some_and(|spared| ptr::eq(spared.as_ptr(), child))
        {
            self.failure.spared = None;
        }
    }

    /// The child that was not marked with the others, and is to be marked now.
    pub(crate) fn take_spared<'a>(&mut self) -> Option<Held<'a>> {
        // SAFETY: it is linked: a child unlinks itself under this lock when it leaves.
        self.failure
            .spared
            .take()
            .map(|spared| unsafe { Held::new(spared) })
    }

    pub(crate) fn owner_waker(&self) -> Option<Waker> {
        self.owner.as_ref().map(|(_, waker)| waker.clone())
    }

    /// Marks the services, if the body has ended and no other child is left.
    #[inline]
    fn mark_services(&self) -> Option<Box<Walk>> {
        let is_over = self.is_closing && self.members.ordinary == 0 && self.members.alive > 0;
        is_over.then(|| self.mark_those_left())
    }

    #[cold]
    fn mark_those_left(&self) -> Box<Walk> {
        let mut walk = Walk::new();
        self.for_each_child(|child| {
            if child.is_service() {
                mark_child(child, &CancelReason::GroupEnded, &mut walk);
            }
        });
        Box::new(walk)
    }
}
