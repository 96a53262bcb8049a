//! Room in a group: `spawn!` waits for it where `max_concurrency` says so.

#![allow(unsafe_code)] // `room` is for the macros only.

use super::node::Node;
use super::owner::Group;
use crate::task::current::checkpoint;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A place for one child. Given back if no child takes it.
#[derive(Debug)]
pub struct Permit<'a> {
    node: &'a Node,
    is_counted: bool,
}

impl Permit<'_> {
    /// The child takes the place. Says whether there is one to give back at its end.
    pub(super) fn keep(mut self) -> bool {
        std::mem::take(&mut self.is_counted)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.is_counted {
            let next = self.node.lock().free_room();
            if let Some(waker) = next {
                waker.wake();
            }
        }
    }
}

/// Waits for room: a suspension point also where there is plenty.
///
/// # Safety
/// - The future is awaited by a vthread, and its permit given to `spawn` at once.
pub unsafe fn room<'a, E>(group: &'a Group<'_, E>) -> Room<'a> {
    Room {
        node: &group.owner().node,
        ticket: None,
    }
}

/// The future of `room`.
#[derive(Debug)]
pub struct Room<'a> {
    node: &'a Node,
    /// Our place in the queue, while we wait.
    ticket: Option<u64>,
}

impl<'a> Future for Room<'a> {
    type Output = Permit<'a>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit<'a>> {
        ready!(checkpoint(cx));
        let node = self.node;
        if node.limit == usize::MAX {
            return Poll::Ready(Permit {
                node,
                is_counted: false,
            });
        }
        let mut state = node.lock();
        if state.cancelled.is_some() {
            // Nothing will run, so nothing is counted.
            return Poll::Ready(Permit {
                node,
                is_counted: false,
            });
        }
        // Who waited before has the right of way.
        let was_called = self
            .ticket
            .is_some_and(|ticket| state.queue.iter().all(|(other, _)| *other != ticket));
        if state.running < node.limit && (state.queue.is_empty() || was_called) {
            state.running += 1;
            if let Some(ticket) = self.ticket.take() {
                state.queue.retain(|(other, _)| *other != ticket);
            }
            return Poll::Ready(Permit {
                node,
                is_counted: true,
            });
        }
        match self.ticket {
            Some(ticket) if !was_called => {
                if let Some((_, waker)) = state.queue.iter_mut().find(|(it, _)| *it == ticket) {
                    waker.clone_from(cx.waker());
                }
            }
            _ => {
                let ticket = state.next_ticket;
                state.next_ticket += 1;
                state.queue.push_back((ticket, cx.waker().clone()));
                self.ticket = Some(ticket);
            }
        }
        Poll::Pending
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let mut state = self.node.lock();
        let before = state.queue.len();
        state.queue.retain(|(other, _)| *other != ticket);
        // Called, but not coming: the call is passed on.
        let next = (state.queue.len() == before && state.running < self.node.limit)
            .then(|| state.next_in_line())
            .flatten();
        drop(state);
        if let Some(waker) = next {
            waker.wake();
        }
    }
}
