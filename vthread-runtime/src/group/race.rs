//! `race!`: a group that the first success ends. Its failures are collected and cancel no other
//! runner.
//!
//! A runner that has a value brings it to the finish, which is in the frame of the `race!`: the
//! first one there wins and cancels the group, so that the others are joined as any children are. A
//! value that arrives after a cancellation, the winner's or one from outside, is too late.
//!
//! A value that a runner takes by an operation and brings to the finish at once is not lost: see
//! `task/race_turn.rs`. It is in time for a cancellation from outside, too.

#![allow(unsafe_code)] // Pin projection.

use super::cancel::Reach;
use super::collect::Failures;
use super::handle::Group;
use super::lifecycle::{Exit, GroupBody};
use super::owner::Owner;
use crate::cancel::reason::CancelReason;
use crate::primitive::Mutex;
use crate::task::current;
use crate::task::race_turn::{Runner, Turn};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The place of the winner's value until the others have been joined.
pub struct Finish<V> {
    first: Mutex<Option<V>>,
    turn: Turn,
}

/// The future of a runner, to the finish.
pub struct Runs<'a, 'scope, F, V, E> {
    finish: &'a Finish<V>,
    group: Group<'scope, E>,
    frame: F,
    /// The result of the frame.
    ended: Option<Result<V, E>>,
}

impl<E> Owner<E> {
    /// As `run`, for a race: `finish` decides the end of the runners.
    ///
    /// # Safety
    /// - As for `run`.
    pub unsafe fn run_race<'a, 'scope, V, B>(
        &'a self,
        group: Group<'scope, E>,
        finish: &'a Finish<V>,
        body: B,
    ) -> GroupBody<'a, 'scope, E, B, Races<'a, V>, ()>
    where
        B: Future<Output = Result<(), E>>,
    {
        GroupBody::new(self, group, Races::new(finish), body)
    }
}

/// Runs `frame` to the finish.
///
/// # Safety
/// - `frame` is the body of a child of `group`, which was made by `race!`, with this finish.
pub unsafe fn runs<'a, 'scope, F, V, E>(
    finish: &'a Finish<V>,
    group: Group<'scope, E>,
    frame: F,
) -> Runs<'a, 'scope, F, V, E>
where
    F: Future<Output = Result<V, E>>,
{
    Runs {
        finish,
        group,
        frame,
        ended: None,
    }
}

impl<F, V, E> Future for Runs<'_, '_, F, V, E>
where
    F: Future<Output = Result<V, E>>,
{
    /// An error is left to the group to record.
    type Output = Result<(), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), E>> {
        // SAFETY: structural pinning of the frame, which is not moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        let runner = Runner::new(&this.finish.turn);
        if this.ended.is_none() {
            // SAFETY: as above.
            let frame = unsafe { Pin::new_unchecked(&mut this.frame) };
            let ended = current::with(|running| match running {
                Some(running) => running.as_runner(&runner, || frame.poll(cx)),
                None => frame.poll(cx),
            });
            this.ended = Some(ready!(ended));
        }
        let has_taken = runner.has_turn();
        if let Some(Ok(_)) = this.ended {
            ready!(runner.poll_take(cx));
        }
        let late = match this.ended.take() {
            Some(Ok(value)) => this.finish.enter(&this.group, value, has_taken),
            Some(Err(error)) => return Poll::Ready(Err(error)),
            None => unreachable!("it has ended"),
        };
        if late.is_none() {
            let node = this.group.keep_node();
            node.cancel(Reach::Body, CancelReason::NotSelected);
        }
        drop(runner);
        // In the runner's own frame, as everything of it.
        drop(late);
        Poll::Ready(Ok(()))
    }
}

impl<F, V, E> fmt::Debug for Runs<'_, '_, F, V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runs")
    }
}

impl<V> Finish<V> {
    /// No value is there yet.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Finish {
            first: Mutex::new(None),
            turn: Turn::new(),
        }
    }

    /// Returns the value if it is too late. A runner that `has_taken` something right before is in
    /// time for a cancellation from outside: an operation that took effect is delivered.
    fn enter<E>(&self, group: &Group<'_, E>, value: V, has_taken: bool) -> Option<V> {
        {
            let mut state = group.node().lock();
            if state.cancel.reason.is_some() {
                let from_outside = state.is_cancelled_from_outside();
                if !(from_outside && has_taken) {
                    // Without this value the race has no winner, and must not report that all have
                    // failed.
                    state.cancel.has_lost_work |= from_outside;
                    return Some(value);
                }
            }
        }
        let mut first = self.first.lock();
        if first.is_some() {
            return Some(value);
        }
        *first = Some(value);
        None
    }
}

impl<V> fmt::Debug for Finish<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finish")
    }
}

/// The end of a race: its winner, or all failures. `None`: there was no runner.
#[derive(Debug)]
pub struct Races<'a, V>(&'a Finish<V>);

impl<'a, V> Races<'a, V> {
    pub(crate) fn new(finish: &'a Finish<V>) -> Self {
        Races(finish)
    }
}

impl<V, E> Exit<E, Result<(), E>> for Races<'_, V> {
    type Said = ();
    type Output = Option<Result<V, Failures<E>>>;

    fn ended(&self, output: Result<(), E>) -> Result<(), E> {
        output
    }
    fn signalled(&self) -> Option<()> {
        None
    }
    fn decided(&self) -> Option<Self::Output> {
        let winner = self.0.first.lock().take();
        winner.map(|value| Some(Ok(value)))
    }
    fn deliver(&self, result: Result<(), E>, owner: &Owner<E>) -> Self::Output {
        result
            .err()
            .map(|first| Err(Failures::new(first, owner.take_rest())))
    }
}
