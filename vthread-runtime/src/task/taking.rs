//! Operations that take something or give it away, in a race: each needs the turn, as described in
//! `race_turn.rs`.

use super::current::{self, Running};
use super::race_turn::Runner;
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
    let races = current::with(races);
    in_turn(races, cx, poll, has_taken)
}

/// As `taking`, after a `checkpoint`, with one access to the current poll for both.
#[inline]
pub(crate) fn checked_taking<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    has_taken: impl FnOnce(&T) -> bool,
) -> Poll<T> {
    let races = ready!(current::checkpoint_of(cx));
    in_turn(races, cx, poll, has_taken)
}

/// The operation may race others, and waits for its turn to take something then. It is called in
/// one place, so that the compiler can put it there.
#[inline]
fn in_turn<T>(
    races: bool,
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    has_taken: impl FnOnce(&T) -> bool,
) -> Poll<T> {
    let gives_back = races && ready!(poll_turn(cx));
    let polled = poll(cx);
    if gives_back && !matches!(&polled, Poll::Ready(result) if has_taken(result)) {
        give_back();
    }
    polled
}

/// Waits for the turn in a race, so that what follows in the same poll may take something.
pub(crate) async fn turn() {
    poll_fn(|cx| taking(cx, |_| Poll::Ready(()), |()| true)).await;
}

/// Waits for the turn. Returns whether it is to be given back, if nothing is taken.
#[cold]
fn poll_turn(cx: &mut Context<'_>) -> Poll<bool> {
    current::with(|running| {
        let Some(runner) = running.and_then(Running::runner) else {
            return Poll::Ready(false);
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
        Poll::Ready(!had_turn)
    })
}

#[cold]
fn give_back() {
    current::with(|running| {
        let runner = running.and_then(Running::runner);
        runner.into_iter().for_each(Runner::give_back);
    });
}
