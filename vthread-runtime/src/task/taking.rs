//! Operations that take something or give it away, in a race: each needs the turn, as described in
//! `race_turn.rs`.

use super::current::{self, Running};
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

/// Polls an operation that takes something, or gives it away. `has_taken` tells whether it has.
///
/// The wait for the turn leaves the operation as it is: a notified operation stays notified.
#[inline]
pub(crate) fn taking<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    has_taken: impl FnOnce(&T) -> bool,
) -> Poll<T> {
    let races = |running: Option<&Running>| running.is_some_and(|running| running.races(cx));
    if current::with(races) {
        in_turn(cx, poll, has_taken)
    } else {
        poll(cx)
    }
}

/// As `taking`, after a `checkpoint`, with one access to the current poll for both.
#[inline]
pub(crate) fn checked_taking<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    has_taken: impl FnOnce(&T) -> bool,
) -> Poll<T> {
    if ready!(current::checkpoint_of(cx)) {
        in_turn(cx, poll, has_taken)
    } else {
        poll(cx)
    }
}

/// Waits for the turn in a race, so that what follows in the same poll may take something.
pub(crate) async fn turn() {
    poll_fn(|cx| taking(cx, |_| Poll::Ready(()), |()| true)).await;
}

/// The rare case: the operation races others, and waits for its turn to take something.
#[cold]
pub(super) fn in_turn<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    has_taken: impl FnOnce(&T) -> bool,
) -> Poll<T> {
    current::with(|running| {
        let Some(runner) = running.and_then(Running::runner) else {
            return poll(cx);
        };
        // By an operation around this one, or by one that has taken something in this poll.
        let had_turn = runner.has_turn();
        if runner.poll_take(cx).is_pending() {
            return Poll::Pending;
        }
        // The turn may have come from the winner, which has marked this runner since the
        // operation's checkpoint.
        if !had_turn && current::check_mark(cx).is_pending() {
            runner.give_back();
            return Poll::Pending;
        }
        let polled = poll(cx);
        let keeps = match &polled {
            Poll::Ready(result) => has_taken(result),
            Poll::Pending => false,
        };
        if !keeps && !had_turn {
            runner.give_back();
        }
        polled
    })
}
