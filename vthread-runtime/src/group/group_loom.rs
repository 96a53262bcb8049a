//! The group's counters and list under loom: children that leave, the owner that joins, a
//! cancellation, a spawn.

use super::cancel::{Reach, Walk, cancel_task, mark_child};
use super::node::Node;
use super::options::OnFailure;
use crate::cancel::grace_period::Grace;
use crate::cancel::reason::CancelReason;
use crate::cancel::scope::{Kind, Level, Scope};
use crate::primitive::{AtomicBool, Ordering, thread};
use crate::task::header::{End, Header, Held};
use crate::task::state::{Pause, State, Wake as Wakes};
use crate::task::vthread::Vthread;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Wake, Waker};

struct Flag(AtomicBool);

impl Flag {
    fn new() -> Arc<Self> {
        Arc::new(Flag(AtomicBool::new(false)))
    }
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// A group that sets no timer: a model ends the grace itself.
fn node() -> Arc<Node> {
    let node = Node::new(usize::MAX, OnFailure::Cancel, None, Location::caller());
    node.scope.set_grace(Grace::UNBOUNDED);
    node
}

/// An open group with an owner that is woken through the flag.
fn open() -> (Arc<Node>, Arc<Flag>, Arc<Vthread>) {
    let node = node();
    let flag = Flag::new();
    let vthread = Arc::new(Vthread::new());
    node.lock().owner = Some((Arc::as_ptr(&vthread), Waker::from(flag.clone())));
    (node, flag, vthread)
}

fn child(node: &Node, is_service: bool) -> Arc<Header> {
    let child = Arc::new(Header::for_model(is_service));
    let _ = node.link(Held::of_model(&child));
    child
}

fn leave(node: &Arc<Node>, child: &Arc<Header>) -> thread::JoinHandle<()> {
    let (node, child) = (node.clone(), child.clone());
    thread::spawn(move || node.unlink(&child))
}

/// Two children leave while the owner begins to wait: it sees the end, or the last one wakes it.
#[test]
fn loom_group_the_last_child_wakes_the_owner() {
    loom::model(|| {
        let (node, flag, _vthread) = open();
        let children = [child(&node, false), child(&node, false)];
        let leaving: Vec<_> = children.iter().map(|child| leave(&node, child)).collect();
        node.body_has_ended();
        let joined = node.is_joined(&Waker::from(flag.clone()));
        for thread in leaving {
            thread.join().unwrap();
        }
        assert!(joined || flag.is_set(), "the owner is never woken");
        assert_eq!(node.lock().members.alive, 0);
    });
}

/// A spawn against a cancellation: the new child is marked, in either order.
#[test]
fn loom_group_no_child_escapes_a_cancellation() {
    loom::model(|| {
        let (node, _flag, _vthread) = open();
        let canceller = {
            let node = node.clone();
            thread::spawn(move || node.cancel(Reach::Body, CancelReason::GroupCancelled))
        };
        let child = child(&node, false);
        canceller.join().unwrap();
        assert!(child.vthread.root.has_own_mark());
        assert!(child.vthread.may_be_cancelled());
        assert!(node.scope.has_own_mark());
        node.unlink(&child);
    });
}

/// A cancellation against the exit of the last child: in either order the child is gone afterwards,
/// and the owner sees it or is woken.
#[test]
fn loom_group_a_cancellation_meets_the_last_exit() {
    loom::model(|| {
        let (node, flag, _vthread) = open();
        let child = child(&node, false);
        let canceller = {
            let node = node.clone();
            thread::spawn(move || node.cancel(Reach::Body, CancelReason::GroupCancelled))
        };
        let leaving = leave(&node, &child);
        node.body_has_ended();
        let joined = node.is_joined(&Waker::from(flag.clone()));
        canceller.join().unwrap();
        leaving.join().unwrap();
        assert!(joined || flag.is_set(), "the owner is never woken");
        let state = node.lock();
        assert_eq!(state.members.alive, 0);
        assert!(state.cancel.reason.is_some());
    });
}

/// Two cancellations at once: both find everything marked when they are done, the group and its
/// child have one reason, and only one of them has it.
#[test]
fn loom_group_two_cancellations_agree() {
    loom::model(|| {
        let (node, flag, _vthread) = open();
        let child = child(&node, false);
        let other = {
            let (node, child) = (node.clone(), child.clone());
            thread::spawn(move || {
                node.cancel(Reach::Children, CancelReason::GroupCancelled);
                assert!(child.vthread.root.has_own_mark());
            })
        };
        node.cancel(Reach::Body, CancelReason::TimedOut);
        assert!(child.vthread.root.has_own_mark());
        assert!(node.scope.has_own_mark());
        assert!(flag.is_set(), "the owner is not told");
        other.join().unwrap();
        let reason = node.lock().cancel.reason.clone();
        assert_eq!(child.vthread.root.own_reason(), reason);
        node.unlink(&child);
    });
}

/// A cancellation against a poll that is about to wait, and against a wake from elsewhere: the
/// vthread sees its mark in this poll, or is scheduled for another, and never twice.
#[test]
fn loom_group_a_cancellation_meets_a_wake() {
    loom::model(|| {
        let child = Arc::new(Header::for_model(false));
        let state = Arc::new(State::new());
        let canceller = {
            let (child, state) = (child.clone(), state.clone());
            thread::spawn(move || {
                child.vthread.root.mark(&CancelReason::TaskCancelled);
                child.vthread.set_maybe_cancelled();
                state.wake() == Wakes::Schedule
            })
        };
        let waker = {
            let state = state.clone();
            thread::spawn(move || state.wake() == Wakes::Schedule)
        };
        let sees_mark = || child.vthread.may_be_cancelled() && child.vthread.root.has_own_mark();
        // Its first poll: a new task is `RUNNING`.
        let mut seen = sees_mark();
        while state.pause() == Pause::Reschedule {
            state.start();
            seen |= sees_mark();
        }
        let scheduled = [canceller, waker].map(|thread| usize::from(thread.join().unwrap()));
        let scheduled: usize = scheduled.into_iter().sum();
        assert!(scheduled <= 1, "queued twice");
        assert!(seen || scheduled == 1, "the mark is not seen");
    });
}

/// The body of an inner group fails while its vthread is being cancelled: whichever of the two
/// walks reaches the group in between, that group has the reason of the mark on the vthread, not
/// that of the failure below it.
#[test]
fn loom_group_a_failure_below_is_no_reason() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let child = child(&outer, false);
        let [between, failing] = [node(), node()];
        super::lifecycle::open_in_model(&between, &child.vthread, &child.vthread.root);
        super::lifecycle::open_in_model(&failing, &child.vthread, &between.scope);
        for node in [&between, &failing] {
            node.lock().owner = Some((&raw const child.vthread, Waker::noop().clone()));
        }
        let canceller = {
            let outer = outer.clone();
            thread::spawn(move || outer.cancel(Reach::Children, CancelReason::GroupCancelled))
        };
        failing.cancel_for(failing.body(), |_| ());
        canceller.join().unwrap();
        let reason = between.lock().cancel.reason.clone();
        assert_eq!(reason, Some(CancelReason::GroupCancelled));
        super::lifecycle::close_in_model(&failing, &child.vthread);
        super::lifecycle::close_in_model(&between, &child.vthread);
        outer.unlink(&child);
    });
}

/// A request to cancel a group that is being cancelled: when it returns, all is marked, also what
/// the other walk has not reached yet.
#[test]
fn loom_group_a_request_leaves_nothing_to_others() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let near = child(&outer, false);
        let inner = node();
        super::lifecycle::open_in_model(&inner, &near.vthread, &near.vthread.root);
        let far = child(&inner, false);
        let canceller = {
            let outer = outer.clone();
            thread::spawn(move || outer.cancel(Reach::Body, CancelReason::TimedOut))
        };
        outer.cancel(Reach::Children, CancelReason::GroupCancelled);
        assert!(far.vthread.root.has_own_mark() && far.vthread.may_be_cancelled());
        canceller.join().unwrap();
        inner.unlink(&far);
        super::lifecycle::close_in_model(&inner, &near.vthread);
        outer.unlink(&near);
    });
}

/// A child is cancelled by its handle and from outside its group at once: its work counts as
/// missing if the mark from outside was the first.
#[test]
fn loom_group_loses_work_to_the_first_cancellation() {
    loom::model(|| {
        let (node, _flag, _vthread) = open();
        let child = child(&node, false);
        let canceller = {
            let child = child.clone();
            thread::spawn(move || cancel_task(Held::of_model(&child), &CancelReason::TaskCancelled))
        };
        node.cancel_from_outside(CancelReason::TimedOut, Level::Graceful);
        canceller.join().unwrap();
        let reason = child.vthread.root.own_reason();
        child.end_in_model(End::Cancelled);
        node.unlink(&child);
        assert_eq!(
            node.lock().cancel.has_lost_work,
            reason == Some(CancelReason::TimedOut)
        );
    });
}

/// A group is cancelled by a failure and from outside at once: a child that ends is missing if the
/// mark from outside was the first, and so is the body; the group's own walk, which comes back to
/// it, loses no work.
#[test]
fn loom_group_cancels_itself_and_loses_no_work() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let near = child(&outer, false);
        let inner = node();
        super::lifecycle::open_in_model(&inner, &near.vthread, &near.vthread.root);
        inner.lock().owner = Some((&raw const near.vthread, Waker::noop().clone()));
        let far = child(&inner, false);
        let canceller = {
            let outer = outer.clone();
            thread::spawn(move || outer.cancel(Reach::Children, CancelReason::GroupCancelled))
        };
        inner.cancel_for(inner.body(), |_| ());
        canceller.join().unwrap();
        far.end_in_model(End::Cancelled);
        inner.unlink(&far);
        let is_from_outside = inner.lock().cancel.reason == Some(CancelReason::GroupCancelled);
        assert_eq!(inner.lock().cancel.has_lost_work, is_from_outside);
        inner.body_is_dropped();
        assert_eq!(inner.lock().cancel.has_lost_work, is_from_outside);
        super::lifecycle::close_in_model(&inner, &near.vthread);
        outer.unlink(&near);
    });
}

/// A group opens in a vthread that is being cancelled: either the walk or the group itself passes
/// the mark on.
#[test]
fn loom_group_opening_inherits_the_mark() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let child = child(&outer, false);
        let canceller = {
            let outer = outer.clone();
            thread::spawn(move || outer.cancel(Reach::Children, CancelReason::GroupCancelled))
        };
        let inner = node();
        let found = super::lifecycle::open_in_model(&inner, &child.vthread, &child.vthread.root);
        canceller.join().unwrap();
        assert!(found.is_some() || inner.lock().cancel.reason.is_some());
        super::lifecycle::close_in_model(&inner, &child.vthread);
        outer.unlink(&child);
    });
}

/// A group opens below a shield while the grace of its vthread ends: either the walk or the group
/// itself passes the mark on.
#[test]
fn loom_grace_opening_inherits_the_forced_mark() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let child = child(&outer, false);
        outer.cancel(Reach::Children, CancelReason::GroupCancelled);
        let alarm = {
            let outer = outer.clone();
            thread::spawn(move || outer.end_grace())
        };
        let shield = Scope::new(Kind::Shield);
        super::lifecycle::link_in_model(&shield, &child.vthread.root);
        let inner = node();
        let found = super::lifecycle::open_in_model(&inner, &child.vthread, &shield);
        if let Some(level) = found {
            // The shield keeps the first mark off.
            assert_eq!(level, Level::Forced);
            inner.cancel_from_outside(CancelReason::GroupCancelled, level);
        }
        alarm.join().unwrap();
        assert!(inner.lock().cancel.is_forced && inner.lock().cancel.reason.is_some());
        super::lifecycle::close_in_model(&inner, &child.vthread);
        outer.unlink(&child);
    });
}

/// The grace ends while a group below closes and a child leaves: members that are gone are not
/// touched, and the owner is woken.
#[test]
fn loom_grace_ends_against_close_and_leave() {
    loom::model(|| {
        let (outer, flag, _vthread) = open();
        let child = child(&outer, false);
        let inner = node();
        super::lifecycle::open_in_model(&inner, &child.vthread, &child.vthread.root);
        outer.cancel(Reach::Body, CancelReason::GroupCancelled);
        let alarm = {
            let outer = outer.clone();
            thread::spawn(move || outer.end_grace())
        };
        let leaving = {
            let (outer, child) = (outer.clone(), child.clone());
            thread::spawn(move || {
                super::lifecycle::close_in_model(&inner, &child.vthread);
                drop(inner);
                outer.unlink(&child);
            })
        };
        outer.body_has_ended();
        let joined = outer.is_joined(&Waker::from(flag.clone()));
        alarm.join().unwrap();
        leaving.join().unwrap();
        assert!(joined || flag.is_set(), "the owner is never woken");
        assert!(outer.scope.has_forced_mark());
    });
}

/// A cancellation against the end of an earlier grace (of a child cancelled individually, or of
/// services): all children are marked, and a forced mark is never without a first one.
#[test]
fn loom_grace_ends_against_a_cancellation() {
    loom::model(|| {
        let (node, _flag, _vthread) = open();
        let service = child(&node, true);
        let ordinary = child(&node, false);
        let mut walk = Walk::new();
        mark_child(
            Held::of_model(&service),
            &CancelReason::GroupEnded,
            &mut walk,
        );
        walk.finish();
        let alarm = {
            let node = node.clone();
            thread::spawn(move || node.end_grace())
        };
        node.cancel(Reach::Body, CancelReason::GroupCancelled);
        alarm.join().unwrap();
        for child in [&service, &ordinary] {
            assert!(child.vthread.root.has_own_mark());
        }
        assert!(service.vthread.root.has_forced_mark());
        let is_forced = node.lock().cancel.is_forced;
        assert_eq!(ordinary.vthread.root.has_forced_mark(), is_forced);
        node.unlink(&service);
        node.unlink(&ordinary);
    });
}

/// The last ordinary child leaves while the body ends: the service is cancelled once no other
/// member is left.
#[test]
fn loom_group_services_end_last() {
    loom::model(|| {
        let (node, _flag, _vthread) = open();
        let service = child(&node, true);
        let ordinary = child(&node, false);
        let leaving = leave(&node, &ordinary);
        node.body_has_ended();
        leaving.join().unwrap();
        assert!(service.vthread.root.has_own_mark());
        node.unlink(&service);
    });
}
