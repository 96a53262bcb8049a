//! How a child leaves its group: mostly without the group's lock.
//!
//! A child that has ended is pushed to a stack, and the next holder of the lock unlinks it. Until
//! then the stack keeps its memory. So the end of a child is one atomic operation, and does not
//! wait for a sibling that is being spawned.
//!
//! The head of the stack and a *countdown* are one word: the low bits of the pointer say how many
//! more children may be pushed before one of them has to take the lock. The rules:
//!
//! 1. **Push**: the child that takes the countdown from one to zero is *due*: it takes the lock,
//!    and thereby empties the stack. At zero a holder of the lock, or a child that is due, is about
//!    to empty it.
//! 2. **Lock** (`Node::lock`): the stack is emptied before its holder looks at the state, which
//!    therefore shows no child that had left before. Only a spawn does not need that
//!    (`Node::link`).
//! 3. **Unlock**: once the owner waits for the last child the countdown is at most the number of
//!    linked children, so that the last one is due: it is published by a compare-and-swap of an
//!    empty stack, else what came meanwhile is unlinked first. A holder that has unlinked the last
//!    child wakes the owner.
//! 4. **Prompt**: where more depends on a child's end than the join (a limit, services, a failure,
//!    a grace of its own, the process), the word says so for good, and each child takes the lock to
//!    unlink itself. A holder of the lock changes to that *before* it makes the end of a child
//!    matter, and unlinks what was pushed until then. A closed group is prompt as well: children
//!    that come too late were never linked.
//!
//! 5. **Keep**: a child owns no share in the node, which is kept by its being linked, until its
//!    push. So a child that has pushed itself does not touch the node any more. One that is due, or
//!    unlinks itself, takes a share before that, for the time that it needs the lock.
//!
//! `loom_leaving_*` are its models, and so are all others of groups.

#![allow(unsafe_code)] // Children are reached by address.

use super::node::{Node, State};
use crate::base::arc::retain;
use crate::base::blocks;
use crate::primitive::{AtomicPtr, MutexGuard, Ordering, shrunk};
use crate::task::header::{Header, Held, release};
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::{self, NonNull};
use std::sync::Arc;

/// The countdown of a group whose owner does not wait.
const MANY: usize = shrunk(14, 2) as usize;
/// Each child takes the lock.
const PROMPT: usize = 15;
/// The bits of the countdown: tasks are blocks, which are aligned to 16.
const COUNTDOWN: usize = 15;
const _: () = assert!(blocks::ALIGNMENT > COUNTDOWN);

/// The children that have ended and are still linked.
#[derive(Debug)]
pub(super) struct Leaving(AtomicPtr<Header>);

/// What is left to do for a child that has ended.
enum Pushed<K> {
    Nothing,
    /// It takes the lock of the node, in which it has a share.
    Due(K),
    /// It was not pushed: it takes the lock and unlinks itself.
    Prompt,
}

fn empty(countdown: usize) -> *mut Header {
    ptr::without_provenance_mut(countdown)
}

/// The newest child, and the countdown.
fn parts(word: *mut Header) -> (Option<NonNull<Header>>, usize) {
    let newest = word.map_addr(|address| address & !COUNTDOWN);
    (NonNull::new(newest), word.addr() & COUNTDOWN)
}

/// The child that was pushed, or unlinked, before this one.
///
/// # Safety
/// - The task's memory is kept, and it has ended: no other thread looks at the place.
unsafe fn before(child: NonNull<Header>) -> Option<NonNull<Header>> {
    // SAFETY: by the contract. The call stack of a task that has ended is empty, and its bindings
    // are given up.
    let place = unsafe { child.as_ref() }.vthread.stack_top.unused();
    NonNull::new(place.get().cast_mut().cast())
}

/// # Safety
/// - As for `before`.
unsafe fn set_before(child: NonNull<Header>, before: Option<NonNull<Header>>) {
    let before = before.map_or(ptr::null_mut(), NonNull::as_ptr);
    // SAFETY: as above.
    let place = unsafe { child.as_ref() }.vthread.stack_top.unused();
    place.set(before.cast());
}

impl Leaving {
    pub(super) fn new(is_prompt: bool) -> Self {
        Leaving(AtomicPtr::new(empty(if is_prompt { PROMPT } else { MANY })))
    }

    /// `keep` takes a share in the node. The node may be gone when this returns, unless that was
    /// called.
    ///
    /// # Safety
    /// - The child has ended and is linked; the caller gives up its reference, unless it is told
    ///   that the child was not pushed.
    #[inline]
    unsafe fn push<K>(&self, child: NonNull<Header>, keep: impl Fn() -> K) -> Pushed<K> {
        let mut word = self.0.load(Ordering::Relaxed);
        loop {
            let (newest, countdown) = parts(word);
            if countdown == PROMPT {
                return Pushed::Prompt;
            }
            // SAFETY: ours until it is pushed.
            unsafe { set_before(child, newest) };
            let left = countdown.saturating_sub(1);
            debug_assert_eq!(child.addr().get() & COUNTDOWN, 0);
            let new = child.as_ptr().map_addr(|address| address | left);
            // While it is linked.
            let kept = (countdown == 1).then(&keep);
            // Release: who takes it sees all that the child has done.
            match self
                .0
                .compare_exchange(word, new, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return kept.map_or(Pushed::Nothing, Pushed::Due),
                Err(now) => word = now,
            }
        }
    }
}

/// A node under its lock: the children that have left are unlinked.
#[derive(Debug)]
pub(crate) struct Locked<'a> {
    node: &'a Node,
    state: ManuallyDrop<MutexGuard<'a, State>>,
    /// The newest of the children unlinked since, whose memory is given up after the lock.
    gone: Option<NonNull<Header>>,
}

impl Node {
    /// Takes the lock, and unlinks the children that have left.
    pub(crate) fn lock(&self) -> Locked<'_> {
        let mut locked = Locked {
            node: self,
            state: ManuallyDrop::new(self.state.lock()),
            gone: None,
        };
        locked.unlink_those_left(MANY);
        locked
    }

    /// A child, and everything of it, is gone. Takes over the task's base reference.
    ///
    /// # Safety
    /// - `node` came from `Arc::as_ptr`. The child is linked to it, unless the group is closed and
    ///   the caller keeps the node.
    /// - The child ends here. It is not used afterwards.
    #[inline]
    pub(crate) unsafe fn left(node: *const Self, child: Held<'_>) {
        // SAFETY: the linked child keeps it, until it is pushed.
        let leaving = unsafe { &(*node).leaving };
        // SAFETY: as above.
        let keep = || unsafe { retain(node) };
        // SAFETY: by the contract.
        match unsafe { leaving.push(child.as_ptr(), keep) } {
            Pushed::Nothing => {}
            Pushed::Due(node) => node.unlink_all(),
            // SAFETY: it was not pushed.
            Pushed::Prompt => unsafe { keep().left_promptly(child) },
        }
    }

    /// Unlinks the children that have left.
    #[inline(never)]
    fn unlink_all(&self) {
        drop(self.lock());
    }

    /// As `left`, where more than the join depends on the end.
    ///
    /// # Safety
    /// - As for `left`.
    #[inline(never)]
    unsafe fn left_promptly(self: &Arc<Self>, child: Held<'_>) {
        match self.process {
            Some(process) => process.left(&child),
            None => self.unlink(&child),
        }
        // SAFETY: the reference that was given.
        unsafe { release(child.as_ptr()) };
    }
}

impl Locked<'_> {
    /// Empties the stack, and sets the countdown if it was not empty.
    fn unlink_those_left(&mut self, countdown: usize) {
        let leaving = &self.node.leaving.0;
        if parts(leaving.load(Ordering::Relaxed)).0.is_none() {
            return;
        }
        let (mut newest, _) = parts(leaving.swap(empty(countdown), Ordering::Acquire));
        while let Some(child) = newest {
            // SAFETY: the stack's reference keeps it, and is ours now; it was linked.
            unsafe {
                newest = before(child);
                self.state.unlink(Held::new(child).header());
                set_before(child, self.gone);
            }
            self.gone = Some(child);
        }
    }

    /// Unlinks those that have left, until `countdown` is the answer of an empty stack.
    fn publish(&mut self, countdown: impl Fn(&State) -> usize) {
        let leaving = &self.node.leaving.0;
        loop {
            let word = leaving.load(Ordering::Relaxed);
            let (newest, now) = parts(word);
            if newest.is_some() {
                self.unlink_those_left(0);
                continue;
            }
            let wanted = countdown(&self.state);
            if now == wanted || now == PROMPT {
                return;
            }
            // Release: a child that is pushed next may be the one that wakes the owner.
            let published =
                leaving.compare_exchange(word, empty(wanted), Ordering::Release, Ordering::Relaxed);
            if published.is_ok() {
                return;
            }
        }
    }

    /// From here on each child takes the lock when it ends. Called before the end of a child
    /// matters to more than the join.
    pub(crate) fn turn_prompt(&mut self) {
        self.publish(|_| PROMPT);
    }
}

impl Deref for Locked<'_> {
    type Target = State;
    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if self.state.is_joining {
            self.publish(|state| state.members.alive.clamp(1, MANY));
        }
        let is_last = self.gone.is_some() && self.state.members.alive == 0;
        let owner = (is_last && self.state.is_joining).then(|| self.state.owner_waker());
        let mut gone = self.gone.take();
        // SAFETY: dropped once, here.
        unsafe { ManuallyDrop::drop(&mut self.state) };
        // The node may be gone after this.
        if let Some(waker) = owner.flatten() {
            waker.wake();
        }
        while let Some(child) = gone {
            // SAFETY: the reference that the child has left with.
            unsafe {
                gone = before(child);
                release(child);
            }
        }
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::cancel::grace_period::Grace;
    use crate::group::options::OnFailure;
    use crate::primitive::{AtomicBool, thread};
    use crate::task::vthread::Vthread;
    use std::panic::Location;
    use std::task::{Wake, Waker};

    struct Flag(AtomicBool);
    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Release);
        }
    }

    /// An open group with `n` children.
    fn group(n: usize) -> (Arc<Node>, Vec<Arc<Header>>) {
        let node = Node::new(usize::MAX, OnFailure::Cancel, None, Location::caller());
        node.scope.set_grace(Grace::UNBOUNDED);
        let children = (0..n).map(|_| child(&node, false)).collect();
        (node, children)
    }

    fn child(node: &Node, is_service: bool) -> Arc<Header> {
        let child = Arc::new(Header::for_model(is_service));
        let _ = node.link(Held::of_model(&child));
        child
    }

    fn leave(node: &Arc<Node>, child: &Arc<Header>) -> thread::JoinHandle<()> {
        let (node, child) = (node.clone(), child.clone());
        thread::spawn(move || {
            // SAFETY: linked, and a header without a task, which is never freed by `release`.
            unsafe { Node::left(Arc::as_ptr(&node), Held::of_model(&child)) };
        })
    }

    /// Children leave while the owner begins to wait: it sees the end, or it is woken.
    #[test]
    fn loom_leaving_the_last_child_wakes_the_owner() {
        loom::model(|| {
            let (node, children) = group(2);
            let flag = Arc::new(Flag(AtomicBool::new(false)));
            let vthread = Arc::new(Vthread::new());
            node.lock().owner = Some((Arc::as_ptr(&vthread), Waker::from(flag.clone())));
            let leaving: Vec<_> = children.iter().map(|child| leave(&node, child)).collect();
            let joined = node.is_joined(&Waker::from(flag.clone()));
            leaving
                .into_iter()
                .for_each(|thread| thread.join().unwrap());
            assert!(joined || flag.0.load(Ordering::Acquire));
            assert_eq!(node.lock().members.alive, 0);
        });
    }

    /// A child is spawned, and leaves, while the owner already waits for another.
    #[test]
    fn loom_leaving_counts_children_that_come_late() {
        loom::model(|| {
            let (node, children) = group(1);
            let flag = Arc::new(Flag(AtomicBool::new(false)));
            let vthread = Arc::new(Vthread::new());
            node.lock().owner = Some((Arc::as_ptr(&vthread), Waker::from(flag.clone())));
            assert!(!node.is_joined(&Waker::from(flag.clone())));
            let spawner = {
                let (node, first) = (node.clone(), children[0].clone());
                thread::spawn(move || {
                    let late = child(&node, false);
                    // SAFETY: as above.
                    unsafe { Node::left(Arc::as_ptr(&node), Held::of_model(&first)) };
                    late
                })
            };
            let late = spawner.join().unwrap();
            let last = leave(&node, &late);
            let joined = node.is_joined(&Waker::from(flag.clone()));
            last.join().unwrap();
            assert!(joined || flag.0.load(Ordering::Acquire));
            assert_eq!(node.lock().members.alive, 0);
        });
    }

    /// A child leaves while the group becomes prompt: the service is told when it was the last.
    #[test]
    fn loom_leaving_a_group_becomes_prompt() {
        loom::model(|| {
            let (node, children) = group(1);
            let leaving = leave(&node, &children[0]);
            let service = child(&node, true);
            node.body_has_ended();
            leaving.join().unwrap();
            assert!(service.vthread.root.has_own_mark());
            let state = node.lock();
            assert_eq!((state.members.alive, state.members.ordinary), (1, 0));
            drop(state);
            node.unlink(&service);
        });
    }

    /// Who holds the lock sees no child that had left before.
    #[test]
    fn loom_leaving_is_seen_under_the_lock() {
        loom::model(|| {
            let (node, children) = group(2);
            let others = leave(&node, &children[0]);
            // SAFETY: as above.
            unsafe { Node::left(Arc::as_ptr(&node), Held::of_model(&children[1])) };
            assert!(node.lock().members.alive < 2);
            others.join().unwrap();
            assert_eq!(node.lock().members.alive, 0);
        });
    }
}
