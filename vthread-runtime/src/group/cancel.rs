//! Cancellation: marks a group's children, everything below them, and perhaps its body.
//!
//! The tree is walked with a list of work, not by recursion, so that its depth does not matter.
//! Locks are taken downwards: a group's, then the list of scopes of one of its vthreads; never
//! two groups' at once.

#![allow(unsafe_code)] // From a registered scope to the group around it.

use super::claim::First;
use super::node::{Node, State};
use crate::cancel::in_progress::CancelInProgress;
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Level, Scope};
use crate::task::header::Held;
use crate::task::root::Root;
use crate::task::vthread::Vthread;
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

/// A walk down the tree: everybody is marked before anybody is woken, so that nobody who is to be
/// cancelled sees what the end of another leaves behind.
///
/// It has no reason of its own. Where it comes to a vthread that somebody else is marking too, it finds groups that
/// are open below that mark, and tells them the reason of that.
#[derive(Debug)]
pub(crate) struct Walk {
    /// From before the first mark to after the last one.
    marking: Option<CancelInProgress>,
    /// Somebody has asked for it, who may count on it that everything is marked when it is done.
    is_request: bool,
    /// Whether shields stop it.
    level: Level,
    /// Groups whose children are still to be marked, and why: the mark nearest to each.
    groups: Vec<(Arc<Node>, CancelReason, Whose)>,
    /// Who has been marked.
    vthreads: Vec<Marked>,
    /// At the first level: an error cancels, which leaves the child alone that has claimed its group's first failure.
    is_for_error: bool,
    /// Blocking calls inside vthreads that have been marked.
    blocked: Vec<Arc<Root>>,
    /// Groups whose grace begins when everybody is marked.
    graces: Vec<(Arc<Node>, Reach)>,
}

/// Whose mark it is by which a walk finds a group that is open in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// That of the group's own body.
    Own,
    /// That of something around it.
    Outer,
}

/// To be woken when all are marked.
#[derive(Debug)]
struct Marked {
    waker: Waker,
    /// Held until then, by the walk. The waker keeps it.
    held: Option<NonNull<Vthread>>,
}

impl Walk {
    pub(crate) fn new() -> Self {
        Walk::with(Level::Soft)
    }

    /// A walk that somebody has asked for. What another walk has begun to mark it marks as well: that may not have come
    /// to all of it yet.
    fn on_request() -> Self {
        Walk {
            is_request: true,
            ..Walk::new()
        }
    }

    /// A walk that marks for the second time, and for the first what a shield has kept from that.
    pub(crate) fn hard() -> Self {
        Walk::with(Level::Hard)
    }

    fn with(level: Level) -> Self {
        Walk {
            marking: Some(CancelInProgress::begin()),
            is_request: false,
            level,
            groups: Vec::new(),
            vthreads: Vec::new(),
            is_for_error: false,
            blocked: Vec::new(),
            graces: Vec::new(),
        }
    }

    /// Whether somebody else may be marking what was found marked.
    fn has_to_help(&self) -> bool {
        let marking = self.marking.as_ref();
        self.is_request && marking.is_some_and(CancelInProgress::has_company)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.vthreads.is_empty()
    }

    /// A vthread is about to be marked, which `waker` wakes: until all are, it does not end.
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

    /// A blocking call is about to be marked, or what is around it was. As `hold`.
    fn hold_root(&mut self, root: Arc<Root>) {
        root.vthread().hold();
        self.blocked.push(root);
    }

    /// Marks a vthread that is kept alive, and is marked, once more.
    pub(crate) fn mark_child_hard(&mut self, child: Held<'_>) {
        child.vthread.root.mark_forced();
        mark_below(&child.vthread, self);
        self.wakes(child.waker());
    }

    /// The grace of `group`, of which so much is cancelled, begins when everybody is marked.
    pub(crate) fn begin_grace(&mut self, group: Arc<Node>, reach: Reach) {
        self.graces.push((group, reach));
    }

    /// Marks a call of a plain thread that nothing encloses.
    pub(crate) fn mark_root(&mut self, root: Arc<Root>, reason: &CancelReason) {
        self.hold_root(root.clone());
        root.vthread().root.mark(reason);
        mark_below(root.vthread(), self);
    }

    /// Marks what is left, then wakes everybody.
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
            // SAFETY: the waker beside it is one of that vthread, and so keeps it.
            unsafe { held.as_ref() }.release();
        }
        for root in &self.blocked {
            root.vthread().release();
        }
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

    /// As `cancel`, for an error of a member. In the same moment `note` writes down whose it is. The child that has
    /// claimed the first failure is left alone.
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

    /// True if the group has a grace of its own to begin.
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
        // A walk for the group's own failure comes back to it, by the mark on its body: that is not the first one.
        if reach != Reach::Children {
            state.ends_body.get_or_insert(reach);
        }
        let is_for_error = std::mem::take(&mut walk.is_for_error);
        let is_first = state.cancelled.is_none();
        if is_first {
            state.cancelled = Some(reason.clone());
            state.ends_children = Some(reach);
            let claimed = match state.first {
                First::Claimed(child) if is_for_error => child,
                _ => ptr::null(),
            };
            let mut spared = None;
            state.for_each_child(|child| {
                if ptr::eq(child.header(), claimed) {
                    spared = Some(child.as_ptr());
                } else {
                    let is_first = mark_child(child, reason, walk);
                    child.set_lost_work(is_first && reach == Reach::FromOutside);
                }
            });
            state.spared = spared;
        } else if walk.has_to_help() {
            // They are marked, and what is open in them perhaps not yet. Whoever marked them wakes them.
            state.for_each_child(|child| mark_below(&child.vthread, walk));
        }
        let hardens = walk.level == Level::Hard && !state.is_forced;
        if !is_first
            && (!is_for_error || hardens)
            && let Some(child) = state.take_spared()
        {
            let is_first = mark_child(child, reason, walk);
            child.set_lost_work(is_first && reach == Reach::FromOutside);
            // If a grace is over it was over for the others.
            state.is_forced = false;
        }
        if walk.level == Level::Hard && !std::mem::replace(&mut state.is_forced, true) {
            state.for_each_child(|child| walk.mark_child_hard(child));
        }
        let queue = std::mem::take(&mut state.queue);
        queue.into_iter().for_each(|(_, waker)| walk.wakes(waker));
        // A mark further out is the body's as well. It gets one of its own where its grace is shorter than
        // that of who set it.
        let has_own_grace = reach == Reach::FromOutside && state.has_shorter_grace;
        let is_first = is_first || (has_own_grace && !self.scope.has_own_mark());
        if (reach == Reach::Body && !is_own_failure(reason)) || has_own_grace {
            self.mark_body(state, reason, walk);
        }
        is_first && state.has_shorter_grace
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

    /// Marks the body, if it is marked, once more.
    pub(crate) fn mark_body_hard(&self, state: &State, walk: &mut Walk) {
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

/// Marks a vthread that is kept alive, and collects the groups open in it. Says whether it was not marked before.
pub(crate) fn mark_child(child: Held<'_>, reason: &CancelReason, walk: &mut Walk) -> bool {
    walk.hold(&child.vthread, child.waker());
    let is_first = child.vthread.root.mark(reason);
    mark_below(&child.vthread, walk);
    is_first
}

/// Whether it is the failure of the group's body, where it is that of the group itself. Such a body is over: nothing
/// of it is marked, and there is nothing to bound.
fn is_own_failure(reason: &CancelReason) -> bool {
    matches!(reason, CancelReason::SiblingFailed(member) if member.is_body())
}

/// Cancels one vthread and all below it.
pub(crate) fn cancel_task(task: Held<'_>, reason: &CancelReason) {
    let mut walk = Walk::on_request();
    mark_child(task, reason, &mut walk);
    walk.finish();
}

/// Marks a scope that is open in the frame of `vthread`, and not registered, from whatever thread.
pub(crate) fn cancel_scope(scope: &Scope, vthread: &Vthread, waker: Waker, reason: &CancelReason) {
    let mut walk = Walk::new();
    walk.hold(vthread, waker);
    scope.mark(reason);
    mark_below(vthread, &mut walk);
    walk.finish();
}

/// After scopes of the vthread that this thread polls were marked: marks what is open below them.
pub(crate) fn cancel_marked(vthread: &Vthread, level: Level) {
    let mut walk = Walk::with(level);
    mark_below(vthread, &mut walk);
    walk.finish();
}

/// As `cancel_scope`, when the grace is over.
pub(crate) fn cancel_scope_hard(scope: &Scope, vthread: &Vthread, waker: Waker) {
    let mut walk = Walk::hard();
    scope.mark_forced();
    mark_below(vthread, &mut walk);
    walk.wakes(waker);
    walk.finish();
}

/// After a scope of `vthread` was marked: tells the vthread and everything open in its frame.
/// Blocking calls that nest are walked by recursion: a small frame of ours for each of the far
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
                // SAFETY: linked, and unlinked under this lock before it goes.
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
    unsafe {
        Arc::increment_strong_count(node);
        Arc::from_raw(node)
    }
}
