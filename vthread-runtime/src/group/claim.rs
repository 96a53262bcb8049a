//! Claims: a member that fails by its own code is the group's first failure from where it leaves
//! its code, and not only when its error has arrived.
//!
//! In between its locals are dropped. A sender among them closes a channel, and a sibling that
//! fails for that has failed because of this member. So the exits that the macros see (`?`,
//! `return`, an `Err` as the tail) claim: under the group's lock the member becomes the first
//! failure, and all others are cancelled before any of its locals is dropped. The error itself
//! follows as every result does.
//!
//! The claimer is the only member that is not marked: it has no suspension points left but those of
//! its cleanup, and the claim shall not shorten that. A later cancellation of the group, whatever
//! its cause, marks it as well.
//!
//! A claim may come to nothing: a destructor panics, which outranks it, or the cleanup is dropped
//! when its grace is over. The others were cancelled for it all the same, so the group must not
//! appear to have succeeded (`lost`).

#![allow(unsafe_code)] // From a scope to the group around it.

use super::cancel::node_of;
use super::node::Node;
use crate::base::arc::retain;
use crate::cancel::scope::{Kind, Scope};
use crate::task::current::{self, Running};
use crate::task::header::Header;
use std::ptr;
use std::sync::Arc;

/// The member whose failure is the group's first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum First {
    /// None so far.
    #[default]
    Open,
    /// This child, or the body if it is null. Its error is on its way.
    Claimed(*const Header),
    /// The error of the claimer has not arrived, and will not.
    Lost,
    /// The error has arrived.
    Arrived,
}

impl First {
    /// The error of this child, or of the body if it is null, arrives. Returns whether it is the
    /// first.
    pub(crate) fn tell(&mut self, member: *const Header) -> bool {
        let is_first = match *self {
            First::Open => true,
            First::Claimed(claimer) => ptr::eq(claimer, member),
            First::Lost | First::Arrived => false,
        };
        if is_first {
            *self = First::Arrived;
        }
        is_first
    }

    /// A panic is recorded: a later error is not the first any more, unless it was claimed.
    pub(crate) fn outrank(&mut self) {
        if *self == First::Open {
            *self = First::Arrived;
        }
    }

    /// That child is gone.
    pub(crate) fn gone(&mut self, child: *const Header) {
        if *self == First::Claimed(child) {
            *self = First::Lost;
        }
    }

    /// When all members are gone: whether there was a claim that no error has followed.
    pub(crate) fn is_lost(self) -> bool {
        matches!(self, First::Claimed(_) | First::Lost)
    }
}

/// Called where the innermost body of a group or child fails, by the code that runs now: before any
/// local is dropped.
///
/// If a construct in between may keep the failure from getting there, this does nothing; it is
/// called again where the failure leaves that construct.
#[cold]
pub fn claim() {
    current::with(|running| {
        if let Some(running) = running
            && let Some((node, child)) = claimer(running)
        {
            node.claim(child);
        }
    });
}

/// The group that fails, and the child if it is not the body.
fn claimer(running: &Running) -> Option<(Arc<Node>, *const Header)> {
    let mut scope: *const Scope = running.scope();
    let mut has_cleanup = false;
    // SAFETY: this thread polls the vthread, so its innermost scope and those above are open.
    while let Some(open) = unsafe { scope.as_ref() } {
        // Plain code has swallowed its cancellation: its failure gets no further.
        if open.was_met() {
            return None;
        }
        match open.kind {
            // SAFETY: open, so that its owner keeps the node.
            Kind::Group => return Some((unsafe { node_of(scope) }, ptr::null())),
            Kind::Task | Kind::Service | Kind::Root => break,
            Kind::Defer => has_cleanup = true,
            // The panic of a destructor may end here, and the failure with it.
            Kind::Catch => return None,
            // It has ended already, or may do so during the cleanup.
            Kind::Timeout | Kind::Branch if open.has_own_mark() || has_cleanup => return None,
            Kind::Timeout | Kind::Branch | Kind::Shield | Kind::Segment => {}
        }
        scope = open.parent();
    }
    let child = running.task()?;
    if !ptr::eq(scope, &child.vthread.root) {
        // The root of a blocking call below.
        return None;
    }
    let node: *const Node = child.parent().cast();
    if node.is_null() {
        return None;
    }
    // SAFETY: the parent of a task that runs is a child of a group, which keeps the node in an
    // `Arc`.
    let node = unsafe { retain(node) };
    Some((node, ptr::from_ref::<Header>(&*child)))
}

impl Node {
    /// `child`, or the body if it is null, becomes the first failure, unless there is one: cancels
    /// all others.
    pub(crate) fn claim(self: &Arc<Self>, child: *const Header) {
        if !self.on_failure.cancels() {
            return;
        }
        // SAFETY: the child is polled by this thread, so it is alive.
        let member = match unsafe { child.as_ref() } {
            Some(child) => child.into(),
            None => self.body(),
        };
        // Also if another member was first: the destructors of this one run after all are marked,
        // too.
        self.cancel_for(member, |state| {
            if state.failure.first == First::Open {
                state.failure.first = First::Claimed(child);
            }
        });
    }
}

/// The others were cancelled because of a failure, and there is no error to report.
#[cold]
pub(crate) fn lost(node: &Node) -> ! {
    panic!(
        "a member of the group at {} has failed, and its error was lost: its cleanup was dropped when the grace was over",
        node.site
    )
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::cancel::grace_period::Grace;
    use crate::cancel::reason::CancelReason;
    use crate::group::cancel::Reach;
    use crate::group::options::OnFailure;
    use crate::primitive::thread;
    use std::panic::Location;

    fn node() -> Arc<Node> {
        let node = Node::new(usize::MAX, OnFailure::Cancel, None, Location::caller());
        node.scope.set_grace(Grace::UNBOUNDED);
        node
    }

    fn child(node: &Node) -> Arc<Header> {
        let child = Arc::new(Header::for_model(false));
        let _ = node.link(crate::task::header::Held::of_model(&child));
        child
    }

    /// Two members fail at once: one of them is the first, from its claim to its error, and the
    /// effects of each after its claim are seen by siblings that are marked.
    #[test]
    fn loom_claim_the_first_error_is_reported() {
        loom::model(|| {
            let node = node();
            let sibling = child(&node);
            let failing = [child(&node), child(&node)];
            let fails = failing.each_ref().map(|child| {
                let (node, child, sibling) = (node.clone(), child.clone(), sibling.clone());
                thread::spawn(move || {
                    node.claim(Arc::as_ptr(&child));
                    assert!(sibling.vthread.root.has_own_mark());
                    let is_first = node.lock().failure.first.tell(Arc::as_ptr(&child));
                    assert_eq!(child.vthread.root.has_own_mark(), !is_first);
                    is_first
                })
            });
            let told = fails.map(|fails| fails.join().unwrap());
            assert_eq!(told.iter().filter(|is_first| **is_first).count(), 1);
            for child in failing.iter().chain([&sibling]) {
                node.unlink(child);
            }
            assert!(!node.lock().failure.first.is_lost());
        });
    }

    /// A claimer goes without an error, while the group is cancelled: it is marked before it is
    /// gone, or with the others, and the group knows that an error is missing.
    #[test]
    fn loom_claim_is_no_shelter_and_is_not_forgotten() {
        loom::model(|| {
            let node = node();
            let claimer = child(&node);
            let cancels = {
                let (node, claimer) = (node.clone(), claimer.clone());
                thread::spawn(move || {
                    node.cancel(Reach::Children, CancelReason::GroupCancelled);
                    assert!(claimer.vthread.root.has_own_mark());
                })
            };
            node.claim(Arc::as_ptr(&claimer));
            cancels.join().unwrap();
            node.unlink(&claimer);
            let state = node.lock();
            assert!(state.failure.first.is_lost());
            assert!(state.failure.spared.is_none());
        });
    }
}
