//! Claims: a member that fails by its own code is the group's first failure from where it leaves its code, and not
//! only when its value has arrived.
//!
//! In between its locals are dropped. A sender among them closes a channel, and a sibling that fails for that has failed
//! because of this member. So the exits that the macros see (`?`, `return`, an `Err` as the tail) claim: under the group's
//! lock the member becomes the first failure, and all others are cancelled before anything of it goes. The error
//! itself follows by the way of every result.
//!
//! Who claims is the only one that is not marked: it has no suspension point any more but its cleanup, which shall
//! not be shorter for it. Whatever cancels the group later marks it as well.
//!
//! A claim may come to nothing: a destructor panics, which outranks it, or the cleanup is dropped when its grace is over. The
//! others were cancelled for it all the same, so the group must not pass for one that has succeeded (`lost`).

#![allow(unsafe_code)] // From a scope to the group around it.

use super::cancel::node_of;
use super::node::Node;
use crate::cancel::scope::{Kind, Scope};
use crate::task::current::{self, Running};
use crate::task::header::Header;
use std::ptr;
use std::sync::Arc;

/// Whose failure is a group's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// There is none.
    Open,
    /// This child's, or the body's if it is null, whose error is on its way.
    Claimed(*const Header),
    /// Of the one that has claimed no error has arrived.
    Lost,
    /// That of who has told it.
    Told,
}

impl First {
    /// A failure is told, by this child, or by the body if it is null. Whether it is the first.
    pub(crate) fn tell(&mut self, member: *const Header) -> bool {
        let is_first = match *self {
            First::Open => true,
            First::Claimed(claimer) => ptr::eq(claimer, member),
            First::Lost | First::Told => false,
        };
        if is_first {
            *self = First::Told;
        }
        is_first
    }

    /// A panic is told: errors that come later are not the first any more, unless that was claimed.
    pub(crate) fn outrank(&mut self) {
        if *self == First::Open {
            *self = First::Told;
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

/// The innermost body of a group or child around the code that runs fails, by this code: before anything of it goes.
///
/// Where something stands in between that may keep the failure from getting there, it does nothing; it is called again
/// where the failure leaves that.
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
        match open.kind {
            // SAFETY: open, so that its owner keeps the node.
            Kind::Group => return Some((unsafe { node_of(scope) }, ptr::null())),
            Kind::Root => break,
            Kind::Defer => has_cleanup = true,
            // The panic of a destructor may end here, and the failure with it.
            Kind::Catch => return None,
            // It has ended already, or may do so while the cleanup takes its time.
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
    // SAFETY: the parent of a task that runs is a child of a group, which keeps the node in an `Arc`.
    let node = unsafe {
        Arc::increment_strong_count(node);
        Arc::from_raw(node)
    };
    Some((node, ptr::from_ref::<Header>(&*child)))
}

impl Node {
    /// The first failure is that of `child`, or the body's if it is null, unless there is one: cancels all others.
    pub(crate) fn claim(self: &Arc<Self>, child: *const Header) {
        if !self.on_failure.cancels() {
            return;
        }
        // SAFETY: the child is polled by this thread, so it is alive.
        let member = match unsafe { child.as_ref() } {
            Some(child) => child.into(),
            None => self.body(),
        };
        // Also if another one was first: what the destructors of this one do comes after all are marked, too.
        self.cancel_for(member, |state| {
            if state.first == First::Open {
                state.first = First::Claimed(child);
            }
        });
    }
}

/// The others were cancelled because of a failure, and there is no error that could tell.
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

    /// Two fail at once: one of them is the first, from its claim to its error, and whatever each leaves behind after
    /// its claim is seen by siblings that are marked.
    #[test]
    fn loom_claim_the_error_of_who_was_first_is_told() {
        loom::model(|| {
            let node = node();
            let sibling = child(&node);
            let failing = [child(&node), child(&node)];
            let fails = failing.each_ref().map(|child| {
                let (node, child, sibling) = (node.clone(), child.clone(), sibling.clone());
                thread::spawn(move || {
                    node.claim(Arc::as_ptr(&child));
                    assert!(sibling.vthread.root.has_own_mark());
                    let is_first = node.lock().first.tell(Arc::as_ptr(&child));
                    assert_eq!(child.vthread.root.has_own_mark(), !is_first);
                    is_first
                })
            });
            let told = fails.map(|fails| fails.join().unwrap());
            assert_eq!(told.iter().filter(|is_first| **is_first).count(), 1);
            for child in failing.iter().chain([&sibling]) {
                node.unlink(child);
            }
            assert!(!node.lock().first.is_lost());
        });
    }

    /// One that claims goes without telling an error, while the group is cancelled: it is marked before it is gone, or
    /// with the others, and the group knows that an error is missing.
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
            assert!(state.first.is_lost());
            assert!(state.spared.is_none());
        });
    }
}
