//! Cancellation: marks a group's children, everything below them, and perhaps its body.
//!
//! The walk over the tree keeps a list of work and does not recurse, so that the depth of the tree
//! does not matter. Locks are taken downwards: a group's, then the list of scopes of one of its
//! vthreads; never those of two groups at once.

#![allow(unsafe_code)] // From a registered scope to the group around it.

use super::claim::First;
use super::node::{Node, State};
use crate::base::arc::retain;
use crate::cancel::in_progress::CancelInProgress;
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Level, Scope};
use crate::task::header::{Held, TaskRef};
use crate::task::root::Root;
use crate::task::vthread::Vthread;
use crate::task::waker::queue_claimed;
use crate::trace::timeline;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::task::Waker;

/// How far a cancellation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The children only.
    Children,
    /// The children, because a scope around the group is marked.
    FromOutside,
    /// The children and the body, which does not go on.
    Body,
}

/// A walk down the tree: all vthreads are marked before any is woken, so that none of them observes
/// the end of another before its own mark.
///
/// It has no reason of its own. In a vthread that another walk is marking too, it finds groups that
/// are open below that mark, and passes on the reason of that mark.
#[derive(Debug)]
pub(crate) struct Walk {
    /// From before the first mark to after the last one.
    marking: Option<CancelInProgress>,
    /// Set for explicit requests: the caller may rely on the whole subtree being marked when the
    /// walk returns.
    is_request: bool,
    /// Whether shields stop it.
    level: Level,
    /// Groups whose children are still to be marked, and the reason: the mark nearest to each.
    groups: Vec<(Arc<Node>, CancelReason, Whose)>,
    /// The children that waited when they were marked: no other thread polls or queues them.
    claimed: Vec<TaskRef>,
    /// The other vthreads that have been marked.
    vthreads: Vec<Marked>,
    /// At the first level: an error cancels, which spares the child that has claimed its group's
    /// first failure.
    is_for_error: bool,
    /// Blocking calls inside vthreads that have been marked.
    blocked: Vec<Arc<Root>>,
    /// Groups whose grace begins when all vthreads are marked.
    graces: Vec<(Arc<Node>, Reach)>,
}

/// Where the mark is by which a walk finds a group that is open in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// On the group's own body.
    Own,
    /// On a scope around it.
    Outer,
}

/// A vthread to be woken when all are marked.
#[derive(Debug)]
struct Marked {
    waker: Waker,
    /// Held until then, by the walk. The waker keeps it alive.
    held: Option<NonNull<Vthread>>,
}

impl Walk {
    pub(crate) fn new() -> Self {
        Walk::with(Level::Graceful)
    }

    /// A walk for an explicit request. It also marks what another walk has begun to mark, which may
    /// not have reached all of it yet.
    fn on_request() -> Self {
        Walk {
            is_request: true,
            ..Walk::new()
        }
    }

    /// A walk that sets forced marks, and the first marks that a shield has kept off.
    pub(crate) fn forced() -> Self {
        Walk::with(Level::Forced)
    }

    fn with(level: Level) -> Self {
        Walk {
            marking: Some(CancelInProgress::begin()),
            is_request: false,
            level,
            groups: Vec::new(),
            claimed: Vec::new(),
            vthreads: Vec::new(),
            is_for_error: false,
            blocked: Vec::new(),
            graces: Vec::new(),
        }
    }

    /// Whether another walk may be marking what was found marked.
    fn has_to_help(&self) -> bool {
        let marking = self.marking.as_ref();
        self.is_request && marking.is_some_and(CancelInProgress::has_company)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.claimed.is_empty() && self.vthreads.is_empty()
    }

    /// Called before a child is marked: until all are, it does not end. True: it waited, and is the
    /// walk's until then.
    fn hold_child(&mut self, child: Held<'_>) -> bool {
        let claimed = child.claim();
        if claimed.is_none() {
            self.hold(&child.vthread, child.waker());
        }
        let is_claimed = claimed.is_some();
        self.claimed.extend(claimed);
        is_claimed
    }

    /// Called before a vthread, which `waker` wakes, is marked: until all are, it does not end.
    fn hold(&mut self, vthread: &Vthread, waker: Waker) {
        vthread.hold();
        self.vthreads.push(Marked {
            waker,
            held: Some(NonNull::from(vthread)),
        });
    }

    fn wakes(&mut self, waker: Waker) {
        self.vthreads.push(Marked { waker, held: None });
    }

    /// Called before a blocking call, or a scope around it, is marked. As `hold`.
    fn hold_root(&mut self, root: Arc<Root>) {
        root.vthread().hold();
        self.blocked.push(root);
    }

    /// Marks a marked vthread, which is kept alive, a second time.
    pub(crate) fn force_child(&mut self, child: Held<'_>) {
        child.vthread.root.mark_forced();
        mark_below(&child.vthread, self);
        self.wakes(child.waker());
    }

    /// The grace of `group`, cancelled as far as `reach` tells, begins when all vthreads are
    /// marked.
    pub(crate) fn begin_grace(&mut self, group: Arc<Node>, reach: Reach) {
        self.graces.push((group, reach));
    }

    /// Marks an outermost call of a plain thread.
    pub(crate) fn mark_root(&mut self, root: Arc<Root>, reason: &CancelReason) {
        self.hold_root(root.clone());
        root.vthread().root.mark(reason);
        mark_below(root.vthread(), self);
    }

    /// Marks the rest, then wakes all marked vthreads.
    pub(crate) fn finish(mut self) {
        while let Some((group, reason, whose)) = self.groups.pop() {
            // By the mark on its own body a walk comes back to a group that cancels itself.
            self.is_for_error = whose == Whose::Own;
            if group.cancel_level(Reach::FromOutside, &reason, &mut self) {
                self.begin_grace(group, Reach::Body);
            }
        }
        drop(self.marking.take());
        for held in self.vthreads.iter().filter_map(|marked| marked.held) {
            // SAFETY: the waker beside it is one of that vthread, and so keeps it alive.
            unsafe { held.as_ref() }.release();
        }
        for root in &self.blocked {
            root.vthread().release();
        }
        // First: a foreign waker may panic, and what is told of a grace that is over may wait for
        // one of these.
        queue_claimed(self.claimed);
        for (group, reach) in self.graces {
            group.begin_grace(reach);
        }
        for root in self.blocked {
            root.unpark();
        }
        for marked in self.vthreads {
            marked.waker.wake();
        }
    }
}

impl Node {
    /// Cancels the group and all below it.
    pub(crate) fn cancel(self: &Arc<Self>, reach: Reach, reason: CancelReason) {
        self.cancel_by(Walk::on_request(), reach, &reason, |_| ());
    }

    /// As `cancel`, for an error of a member. `note` records the member in the same critical
    /// section. The child that has claimed the first failure is spared.
    pub(crate) fn cancel_for_error(
        self: &Arc<Self>,
        reason: CancelReason,
        note: impl FnOnce(&mut State),
    ) {
        let mut walk = Walk::on_request();
        walk.is_for_error = true;
        self.cancel_by(walk, Reach::Body, &reason, note);
    }

    fn cancel_by(
        self: &Arc<Self>,
        mut walk: Walk,
        reach: Reach,
        reason: &CancelReason,
        note: impl FnOnce(&mut State),
    ) {
        let cleanup_pending = match is_own_failure(reason) {
            true => Reach::Children,
            false => reach,
        };
        {
            let mut state = self.lock();
            if walk.is_for_error {
                state.turn_prompt();
            }
            note(&mut state);
            self.cancel_locked(&mut state, reach, reason, &mut walk);
        }
        walk.begin_grace(self.clone(), cleanup_pending);
        walk.finish();
    }

    /// Cancels the group's children and all below them, because of a mark further out.
    pub(crate) fn cancel_from_outside(self: &Arc<Self>, reason: CancelReason, level: Level) {
        let mut walk = Walk::with(level);
        walk.groups.push((self.clone(), reason, Whose::Outer));
        walk.finish();
    }

    /// Returns true if the group has a grace of its own to begin.
    pub(crate) fn cancel_level(
        &self,
        reach: Reach,
        reason: &CancelReason,
        walk: &mut Walk,
    ) -> bool {
        self.cancel_locked(&mut self.lock(), reach, reason, walk)
    }

    fn cancel_locked(
        &self,
        state: &mut State,
        reach: Reach,
        reason: &CancelReason,
        walk: &mut Walk,
    ) -> bool {
        // A walk for the group's own failure comes back to it, by the mark on its body: that is not
        // the first one.
        if reach != Reach::Children {
            state.cancel.of_body.get_or_insert(reach);
        }
        let is_for_error = std::mem::take(&mut walk.is_for_error);
        let is_first = state.cancel.reason.is_none();
        if is_first {
            state.cancel.reason = Some(reason.clone());
            state.cancel.of_children = Some(reach);
            let claimed = match state.failure.first {
                First::Claimed(child) if is_for_error => child,
                _ => ptr::null(),
            };
            let mut spared = None;
            walk.claimed.reserve(state.members.alive);
            state.for_each_child(|child| {
                if ptr::eq(child.header(), claimed) {
                    spared = Some(child.as_ptr());
                } else {
                    let is_first = mark_child(child, reason, walk);
                    child.set_lost_work(is_first && reach == Reach::FromOutside);
                }
            });
            state.failure.spared = spared;
        } else if walk.has_to_help() {
            // They are marked, and the groups open in them perhaps not yet. The walk that marked
            // them wakes them.
            state.for_each_child(|child| mark_below(&child.vthread, walk));
        }
        let forces = walk.level == Level::Forced && !state.cancel.is_forced;
        if !is_first
            && (!is_for_error || forces)
            && let Some(child) = state.take_spared()
        {
            let is_first = mark_child(child, reason, walk);
            child.set_lost_work(is_first && reach == Reach::FromOutside);
            // A grace that is over was that of an earlier cancellation.
            state.cancel.is_forced = false;
        }
        if walk.level == Level::Forced && !std::mem::replace(&mut state.cancel.is_forced, true) {
            state.for_each_child(|child| walk.force_child(child));
        }
        let queue = std::mem::take(&mut state.permits.queue);
        queue.into_iter().for_each(|(_, waker)| walk.wakes(waker));
        // A mark further out is the body's as well. The body gets one of its own if its grace is
        // shorter than that of the mark.
        let has_own_grace = reach == Reach::FromOutside && state.cancel.has_shorter_grace;
        let is_first = is_first || (has_own_grace && !self.scope.has_own_mark());
        if (reach == Reach::Body && !is_own_failure(reason)) || has_own_grace {
            self.mark_body(state, reason, walk);
        }
        is_first && state.cancel.has_shorter_grace
    }

    /// Marks the body, and the groups that are open in it.
    fn mark_body(&self, state: &State, reason: &CancelReason, walk: &mut Walk) {
        if self.scope.has_own_mark() {
            return;
        }
        let Some((vthread, waker)) = &state.owner else {
            self.scope.mark(reason);
            return;
        };
        // SAFETY: the owner takes itself out under this lock before its vthread ends.
        let vthread = unsafe { &**vthread };
        walk.hold(vthread, waker.clone());
        self.scope.mark(reason);
        mark_below(vthread, walk);
    }

    /// Marks the body, if it is marked, a second time.
    pub(crate) fn force_body(&self, state: &State, walk: &mut Walk) {
        if !self.scope.has_own_mark() {
            return;
        }
        self.scope.mark_forced();
        if let Some((vthread, waker)) = &state.owner {
            // SAFETY: as in `mark_body`.
            mark_below(unsafe { &**vthread }, walk);
            walk.wakes(waker.clone());
        }
    }
}

/// Marks a vthread that is kept alive, and collects the groups open in it. Returns whether this is
/// its first mark.
pub(crate) fn mark_child(child: Held<'_>, reason: &CancelReason, walk: &mut Walk) -> bool {
    let is_claimed = walk.hold_child(child);
    let is_first = child.vthread.root.mark(reason);
    if is_first && timeline::is_on() {
        child.record_cancellation();
    }
    // What is open in a frame is its poll's to change, and a claimed task is polled by none.
    if is_claimed && child.vthread.root.is_empty() {
        child.vthread.set_maybe_cancelled();
    } else {
        mark_below(&child.vthread, walk);
    }
    is_first
}

/// Whether the reason is the failure of the group's own body. Such a body is over: it is not
/// marked, and needs no grace.
fn is_own_failure(reason: &CancelReason) -> bool {
    matches!(reason, CancelReason::SiblingFailed(member) if member.is_body())
}

/// Cancels one vthread and all below it.
pub(crate) fn cancel_task(task: Held<'_>, reason: &CancelReason) {
    let mut walk = Walk::on_request();
    mark_child(task, reason, &mut walk);
    walk.finish();
}

/// Marks a scope that is open in the frame of `vthread`, and not registered. Called from any
/// thread.
pub(crate) fn cancel_scope(scope: &Scope, vthread: &Vthread, waker: Waker, reason: &CancelReason) {
    let mut walk = Walk::new();
    walk.hold(vthread, waker);
    scope.mark(reason);
    mark_below(vthread, &mut walk);
    walk.finish();
}

/// Called after scopes of the vthread that this thread polls were marked: marks what is open below
/// them.
pub(crate) fn cancel_marked(vthread: &Vthread, level: Level) {
    let mut walk = Walk::with(level);
    mark_below(vthread, &mut walk);
    walk.finish();
}

/// As `cancel_scope`, when the grace is over.
pub(crate) fn force_scope(scope: &Scope, vthread: &Vthread, waker: Waker) {
    let mut walk = Walk::forced();
    scope.mark_forced();
    mark_below(vthread, &mut walk);
    walk.wakes(waker);
    walk.finish();
}

/// Called after a scope of `vthread` was marked: passes the mark on to everything open in its
/// frame. Nested blocking calls are walked by recursion: a small frame of ours for each of the far
/// larger frames of the blocked calls themselves.
fn mark_below(vthread: &Vthread, walk: &mut Walk) {
    vthread.set_maybe_cancelled();
    let level = walk.level;
    vthread
        .open()
        .for_each_marked(level, |kind, scope, marked| match kind {
            Kind::Group => {
                // SAFETY: linked, and unlinked under the list's lock before it closes.
                let group = unsafe { node_of(scope) };
                let reason = marked.own_reason().expect("it was found marked");
                let whose = match ptr::eq(scope, marked) {
                    true => Whose::Own,
                    false => Whose::Outer,
                };
                walk.groups.push((group, reason, whose));
            }
            Kind::Root => {
                // SAFETY: linked, and unlinked under this lock before it is dropped.
                let root = unsafe { Root::of_scope(scope) };
                walk.hold_root(root.clone());
                mark_below(root.vthread(), walk);
            }
            _ => unreachable!("not registered"),
        });
}

/// The group that an open scope belongs to.
///
/// # Safety
/// - The scope is of kind `Group`, and is not closed while this runs.
pub(crate) unsafe fn node_of(scope: *const Scope) -> Arc<Node> {
    let node = scope.cast::<Node>();
    // SAFETY: a scope of kind `Group` is the first field of a node, which its owner keeps in an
    // `Arc` at least until the scope is closed.
    unsafe { retain(node) }
}
