//! AcquirePermit in a group: `spawn!` waits for it where `max_concurrency` says so.
//!
//! A place is handed over: the child that ends gives its place to whoever has waited longest, so nobody
//! is overtaken. A child that spawns into its own full group gives its place to the new child, and waits
//! in the same line for another before it goes on: so the place is always with somebody who runs.
//! A service takes no place: it runs for as long as its group does, and nothing else would run beside it.

#![allow(unsafe_code)] // `room`, `no_permit` and `reacquire_permit` are for the macros only.

use super::handle::Group;
use super::node::{Node, State};
use crate::task::current::{self, check_mark, checkpoint};
use crate::task::header::Header;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

/// A place for one child. Given back if no child takes it.
#[derive(Debug)]
pub struct Permit<'a> {
    node: &'a Node,
    is_counted: bool,
}

impl Permit<'_> {
    /// The child takes the place. Says whether there is one to give back at its end.
    pub(crate) fn keep(mut self) -> bool {
        std::mem::take(&mut self.is_counted)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.is_counted {
            self.node.release_permit();
        }
    }
}

/// A waiter in the line for a place.
#[derive(Debug)]
struct Waiter<'a> {
    node: &'a Node,
    /// Our place in the line, while we wait or have been called.
    ticket: Option<u64>,
}

/// What came of waiting.
#[derive(Debug, PartialEq, Eq)]
enum Got {
    /// A place.
    Permit,
    /// The group was cancelled: nothing will run, so nothing is counted.
    Nothing,
}

impl<'a> Waiter<'a> {
    fn new(node: &'a Node) -> Self {
        Waiter { node, ticket: None }
    }

    /// Takes a place, if there is one for us.
    fn take(&mut self, state: &mut State) -> Option<Got> {
        if state.cancelled.is_some() {
            self.ticket = None;
            return Some(Got::Nothing);
        }
        match self.ticket {
            // Called: whoever called us has left us a place.
            Some(ticket) if !state.is_queued(ticket) => self.ticket = None,
            None if state.running < self.node.limit && state.queue.is_empty() => state.running += 1,
            _ => return None,
        }
        Some(Got::Permit)
    }

    /// Waits to be called.
    fn wait(&mut self, state: &mut State, cx: &Context<'_>) {
        wait_reason::waits(WaitReason::Spawning, cx);
        if let Some(ticket) = self.ticket {
            let mut queue = state.queue.iter_mut();
            if let Some((_, waker)) = queue.find(|(other, _)| *other == ticket) {
                waker.clone_from(cx.waker());
            }
        } else {
            let ticket = state.next_ticket;
            state.next_ticket += 1;
            state.queue.push_back((ticket, cx.waker().clone()));
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
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.node.lock();
        let before = state.queue.len();
        state.queue.retain(|(other, _)| *other != ticket);
        let was_called = state.queue.len() == before && state.cancelled.is_none();
        drop(state);
        if was_called {
            // Called, but not coming: the place is passed on.
            self.node.release_permit();
        }
    }
}

impl Node {
    /// Gives a place back, or to whoever has waited longest.
    pub(crate) fn release_permit(&self) {
        let called = self.lock().release_permit(self.limit);
        if let Some(waker) = called {
            waker.wake();
        }
    }

    /// Calls `code` with the task that runs now, in whose frame we are, if it is a child of this group.
    fn with_own_child<R>(&self, code: impl FnOnce(&Header) -> R) -> Option<R> {
        current::with(|running| {
            let child = running?.task()?;
            std::ptr::eq(child.parent().cast(), self).then(|| code(&child))
        })
    }
}

impl State {
    /// Gives a place back, or names who gets it.
    pub(crate) fn release_permit(&mut self, limit: usize) -> Option<std::task::Waker> {
        // One that was taken beyond the limit goes first.
        if self.running <= limit
            && let Some((_, waker)) = self.queue.pop_front()
        {
            return Some(waker);
        }
        self.running -= 1;
        None
    }

    fn is_queued(&self, ticket: u64) -> bool {
        self.queue.iter().any(|(other, _)| *other == ticket)
    }
}

/// Waits for acquire_permit: a suspension point also where there is plenty.
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

/// As `room`, for a service, which needs no place: the suspension point alone.
///
/// # Safety
/// - As for `room`.
pub unsafe fn no_permit<'a, E>(group: &'a Group<'_, E>) -> AcquirePermit<'a> {
    AcquirePermit {
        waiter: Waiter::new(group.node()),
        is_counted: false,
    }
}

/// The future of `room` and `no_permit`.
#[derive(Debug)]
pub struct AcquirePermit<'a> {
    waiter: Waiter<'a>,
    is_counted: bool,
}

impl<'a> Future for AcquirePermit<'a> {
    type Output = Permit<'a>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit<'a>> {
        ready!(checkpoint(cx));
        let node = self.waiter.node;
        let permit = |is_counted| Poll::Ready(Permit { node, is_counted });
        if !self.is_counted {
            return permit(false);
        }
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
        // A child of this group gives its own place away.
        let own = |child: &Header| child.has_permit().swap(false, Ordering::Relaxed);
        if node.with_own_child(own) == Some(true) {
            if let Some(ticket) = self.waiter.ticket.take() {
                state.queue.retain(|(other, _)| *other != ticket);
            }
            return permit(true);
        }
        self.waiter.wait(&mut state, cx);
        Poll::Pending
    }
}

/// After a spawn: a child that has given its place away waits for another.
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
            // A service has had none to give away.
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
    /// The wait was cut short, by a timeout perhaps, and the child may go on: it takes a place, beyond
    /// the limit if need be, so that the count says how many run.
    fn drop(&mut self) {
        let Some(ticket) = self.0.ticket.take() else {
            return;
        };
        let mut state = self.0.node.lock();
        let before = state.queue.len();
        state.queue.retain(|(other, _)| *other != ticket);
        let was_called = state.queue.len() == before;
        if state.cancelled.is_none() {
            state.running += usize::from(!was_called);
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

    /// A place comes free while one who waits for it goes away: it is not lost.
    #[test]
    fn loom_room_no_place_is_lost() {
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
            assert_eq!(node.lock().running, 1);
        });
    }
}
