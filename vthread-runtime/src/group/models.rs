//! The group's counters and list under loom: children that leave, the owner that joins, a
//! cancellation, a spawn.

use super::cancel::Reach;
use super::node::Node;
use crate::primitive::{AtomicBool, Ordering, thread};
use crate::task::header::Header;
use crate::task::reason::CancelReason;
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

/// An open group with an owner that is woken through the flag.
fn open() -> (Arc<Node>, Arc<Flag>, Arc<Vthread>) {
    let node = Node::new(usize::MAX, None, Location::caller());
    let flag = Flag::new();
    let vthread = Arc::new(Vthread::new());
    node.lock().owner = Some((Arc::as_ptr(&vthread), Waker::from(flag.clone())));
    (node, flag, vthread)
}

fn child(node: &Node, is_service: bool) -> Arc<Header> {
    let child = Arc::new(Header::for_model(is_service));
    node.link(&child);
    child
}

fn leave(node: &Arc<Node>, child: &Arc<Header>) -> thread::JoinHandle<()> {
    let (node, child) = (node.clone(), child.clone());
    thread::spawn(move || node.unlink(&child, false))
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
        assert!(joined || flag.is_set(), "the owner sleeps for ever");
        assert_eq!(node.lock().alive, 0);
    });
}

/// A spawn against a cancellation: the new child is marked, whoever came first.
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
        assert!(child.vthread.is_suspect());
        assert!(node.scope.has_own_mark());
        node.unlink(&child, false);
    });
}

/// A group opens in a vthread that is being cancelled: the group is cancelled too, by one of both.
#[test]
fn loom_group_opening_inherits_the_mark() {
    loom::model(|| {
        let (outer, _flag, _vthread) = open();
        let child = child(&outer, false);
        let canceller = {
            let outer = outer.clone();
            thread::spawn(move || outer.cancel(Reach::Children, CancelReason::GroupCancelled))
        };
        let inner = Node::new(usize::MAX, None, Location::caller());
        let found = super::run::open_in_model(&inner, &child.vthread);
        canceller.join().unwrap();
        assert!(found || inner.lock().cancelled.is_some());
        super::run::close_in_model(&inner, &child.vthread);
        outer.unlink(&child, false);
    });
}

/// The last ordinary child leaves while the body ends: the service is told once nobody is left.
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
        node.unlink(&service, false);
    });
}
