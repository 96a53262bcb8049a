//! The limit of a group (`max_concurrency`): `spawn!` waits for a permit.
//!
//! Permits are handed over: a child that ends passes its permit to the longest waiter, so that no
//! waiter is overtaken. A child that spawns into its own full group passes its permit to the new
//! child, and waits in the same queue for another before it goes on: so each permit is always with
//! a child that runs. A service takes no permit: it runs for as long as its group does, and would
//! block all others.

#![allow(unsafe_code)] // `acquire_permit`, `no_permit` and `reacquire_permit` are for the macros only.

use super::handle::Group;
use super::node::{Node, State};
use crate::task::current::{self, check_mark, checkpoint, checkpoint_of_spawn};
use crate::task::header::Header;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

/// A permit for one child. Released if no child takes it.
#[derive(Debug)]
pub struct Permit<'a> {
    node: &'a Node,
    is_counted: bool,
}

impl Permit<'_> {
    /// The child takes the permit. Returns whether there is one to release at its end.
    #[inline]
    pub(crate) fn keep(mut self) -> bool {
        std::mem::take(&mut self.is_counted)
    }
}

impl Drop for Permit<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_counted {
            self.node.release_permit();
        }
    }
}

/// A waiter for a permit.
#[derive(Debug)]
struct Waiter<'a> {
    node: &'a Node,
    /// The place in the queue, while it waits or has been handed a permit.
    ticket: Option<u64>,
}

/// The result of waiting.
#[derive(Debug, PartialEq, Eq)]
enum Got {
    /// A permit.
    Permit,
    /// The group was cancelled: nothing will run, so nothing is counted.
    Nothing,
}

impl<'a> Waiter<'a> {
    fn new(node: &'a Node) -> Self {
        Waiter { node, ticket: None }
    }

    /// Takes a permit, if there is one for this waiter.
    fn take(&mut self, state: &mut State) -> Option<Got> {
        if state.cancel.reason.is_some() {
            self.ticket = None;
            return Some(Got::Nothing);
        }
        match self.ticket {
            // Not in the queue any more: a permit was handed over.
            Some(ticket) if !state.is_queued(ticket) => self.ticket = None,
            None if state.permits.running < self.node.limit && state.permits.queue.is_empty() => {
                state.permits.running += 1
            }
            _ => return None,
        }
        Some(Got::Permit)
    }

    /// Waits for a permit.
    fn wait(&mut self, state: &mut State, cx: &Context<'_>) {
        wait_reason::waits(WaitReason::Spawning, cx);
        if let Some(ticket) = self.ticket {
            let mut queue = state.permits.queue.iter_mut();
            if let Some((_, waker)) = queue.find(|(other, _)| *other == ticket) {
                waker.clone_from(cx.waker());
            }
        } else {
            let ticket = state.permits.next_ticket;
            state.permits.next_ticket += 1;
            state.permits.queue.push_back((ticket, cx.waker().clone()));
            self.ticket = Some(ticket);
        }
    }

    fn poll(&mut self, cx: &Context<'_>) -> Poll<Got> {
        let node = self.node;
        let mut state = node.lock();
        match self.take(&mut state) {
            Some(got) => Poll::Ready(got),
            None => {
                self.wait(&mut state, cx);
                Poll::Pending
            }
        }
    }
}

impl Drop for Waiter<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.leave(ticket);
        }
    }
}

impl Waiter<'_> {
    /// It goes away, and was not served.
    #[cold]
    fn leave(&self, ticket: u64) {
        let mut state = self.node.lock();
        let before = state.permits.queue.len();
        state.permits.queue.retain(|(other, _)| *other != ticket);
        let was_called = state.permits.queue.len() == before && state.cancel.reason.is_none();
        drop(state);
        if was_called {
            // It was handed a permit, and does not take it: the permit is passed on.
            self.node.release_permit();
        }
    }
}

impl Node {
    /// Releases a permit, or hands it to the longest waiter.
    #[cold]
    pub(crate) fn release_permit(&self) {
        let called = self.lock().release_permit(self.limit);
        if let Some(waker) = called {
            waker.wake();
        }
    }

    /// Calls `code` with the running task, if it is a child of this group.
    fn with_own_child<R>(&self, code: impl FnOnce(&Header) -> R) -> Option<R> {
        current::with(|running| {
            let child = running?.task()?;
            std::ptr::eq(child.parent().cast(), self).then(|| code(&child))
        })
    }
}

impl State {
    /// Releases a permit, or returns the waker of the waiter that it is handed to.
    pub(crate) fn release_permit(&mut self, limit: usize) -> Option<std::task::Waker> {
        // One that was taken beyond the limit is released first.
        if self.permits.running <= limit
            && let Some((_, waker)) = self.permits.queue.pop_front()
        {
            return Some(waker);
        }
        self.permits.running -= 1;
        None
    }

    fn is_queued(&self, ticket: u64) -> bool {
        self.permits.queue.iter().any(|(other, _)| *other == ticket)
    }
}

/// Waits for a permit: a suspension point also if one is free.
///
/// # Safety
/// - The future is awaited by a vthread, and its permit given to `spawn` at once.
/// - Where the spawner may be a child of this group, `reacquire_permit` follows.
pub unsafe fn acquire_permit<'a, E>(group: &'a Group<'_, E>) -> AcquirePermit<'a> {
    AcquirePermit {
        waiter: Waiter::new(group.node()),
        is_counted: group.node().limit != usize::MAX,
    }
}

/// As `acquire_permit`, for a service, which needs no permit: the suspension point alone.
///
/// # Safety
/// - As for `acquire_permit`.
pub unsafe fn no_permit<'a, E>(group: &'a Group<'_, E>) -> AcquirePermit<'a> {
    AcquirePermit {
        waiter: Waiter::new(group.node()),
        is_counted: false,
    }
}

/// The future of `acquire_permit` and `no_permit`.
#[derive(Debug)]
pub struct AcquirePermit<'a> {
    waiter: Waiter<'a>,
    is_counted: bool,
}

impl<'a> Future for AcquirePermit<'a> {
    type Output = Permit<'a>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit<'a>> {
        ready!(checkpoint_of_spawn(cx));
        if self.is_counted {
            return self.poll_counted(cx);
        }
        Poll::Ready(Permit {
            node: self.waiter.node,
            is_counted: false,
        })
    }
}

impl<'a> AcquirePermit<'a> {
    /// As `poll`, in a group with a limit.
    #[inline(never)]
    fn poll_counted(&mut self, cx: &mut Context<'_>) -> Poll<Permit<'a>> {
        let node = self.waiter.node;
        let permit = |is_counted| Poll::Ready(Permit { node, is_counted });
        let mut state = node.lock();
        match self.waiter.take(&mut state) {
            Some(Got::Permit) => return permit(true),
            Some(Got::Nothing) => {
                // The spawner may have been marked along with the group, just now.
                ready!(check_mark(cx));
                return permit(false);
            }
            None => {}
        }
        // A child of this group passes its own permit on.
        let own = |child: &Header| child.has_permit().swap(false, Ordering::Relaxed);
        if node.with_own_child(own) == Some(true) {
            if let Some(ticket) = self.waiter.ticket.take() {
                state.permits.queue.retain(|(other, _)| *other != ticket);
            }
            return permit(true);
        }
        self.waiter.wait(&mut state, cx);
        Poll::Pending
    }
}

/// Called after a spawn: a child that has passed its permit on waits for another.
///
/// # Safety
/// - The future is awaited by the vthread that has spawned.
pub unsafe fn reacquire_permit<'a, E>(group: &'a Group<'_, E>) -> ReacquirePermit<'a> {
    ReacquirePermit(Waiter::new(group.node()))
}

/// The future of `reacquire_permit`.
#[derive(Debug)]
pub struct ReacquirePermit<'a>(Waiter<'a>);

impl Future for ReacquirePermit<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let node = self.0.node;
        let lacks_room = |child: &Header| {
            // A service has had none to pass on.
            !child.is_service() && !child.has_permit().load(Ordering::Relaxed)
        };
        if node.limit == usize::MAX || node.with_own_child(lacks_room) != Some(true) {
            return Poll::Ready(());
        }
        ready!(checkpoint(cx));
        match ready!(self.0.poll(cx)) {
            Got::Permit => {
                node.with_own_child(|child| child.has_permit().store(true, Ordering::Relaxed));
                Poll::Ready(())
            }
            Got::Nothing => check_mark(cx),
        }
    }
}

impl Drop for ReacquirePermit<'_> {
    /// The wait was cut short, by a timeout perhaps, and the child may go on: it takes a permit,
    /// beyond the limit if need be, so that the count tells how many run.
    fn drop(&mut self) {
        let Some(ticket) = self.0.ticket.take() else {
            return;
        };
        let mut state = self.0.node.lock();
        let before = state.permits.queue.len();
        state.permits.queue.retain(|(other, _)| *other != ticket);
        let was_called = state.permits.queue.len() == before;
        if state.cancel.reason.is_none() {
            state.permits.running += usize::from(!was_called);
            self.0
                .node
                .with_own_child(|child| child.has_permit().store(true, Ordering::Relaxed));
        }
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::group::options::OnFailure;
    use crate::primitive::thread;
    use std::panic::Location;
    use std::sync::Arc;
    use std::task::{Wake, Waker};

    struct NoopWaker;
    impl Wake for NoopWaker {
        fn wake(self: Arc<Self>) {}
    }

    /// A permit is released while its waiter goes away: it is not lost.
    #[test]
    fn loom_limit_no_permit_is_lost() {
        loom::model(|| {
            let node = Node::new(1, OnFailure::Cancel, None, Location::caller());
            let waker = Waker::from(Arc::new(NoopWaker));
            let cx = Context::from_waker(&waker);
            assert_eq!(Waiter::new(&node).poll(&cx), Poll::Ready(Got::Permit));
            let leaves = {
                let node = node.clone();
                thread::spawn(move || {
                    let waker = Waker::from(Arc::new(NoopWaker));
                    let cx = Context::from_waker(&waker);
                    let mut waiter = Waiter::new(&node);
                    let took = waiter.poll(&cx).is_ready();
                    drop(waiter);
                    if took {
                        node.release_permit();
                    }
                })
            };
            let mut waiter = Waiter::new(&node);
            let took = waiter.poll(&cx).is_ready();
            assert!(!took);
            node.release_permit();
            leaves.join().unwrap();
            assert_eq!(waiter.poll(&cx), Poll::Ready(Got::Permit));
            assert_eq!(node.lock().permits.running, 1);
        });
    }
}
