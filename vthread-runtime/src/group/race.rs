//! `race!`: a group that the first success ends. Its failures are collected and cancel nobody.
//!
//! A runner that has a value brings it to the finish, which is in the frame of the `race!`: the first one
//! there wins and cancels the group, so that the others are joined as any children are. Who comes
//! after a cancellation, be it the winner's or one from outside, comes too late.

use super::cancel::Reach;
use super::failures::Failures;
use super::owner::Owner;
use super::run::Exit;
use super::view::Group;
use crate::primitive::Mutex;
use crate::task::reason::CancelReason;
use std::fmt;

/// Where the winner's value is until the others have been joined.
pub struct Finish<V>(Mutex<Option<V>>);

impl<V> Finish<V> {
    /// Nobody is there yet.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Finish(Mutex::new(None))
    }

    /// The end of a runner of `group`. An error is left to the group to record.
    ///
    /// # Errors
    /// That of the runner.
    pub fn reach<E>(&self, group: &Group<'_, E>, result: Result<V, E>) -> Result<(), E> {
        let late = self.enter(group, result?);
        if late.is_none() {
            let node = group.keep_node();
            node.cancel(Reach::Body, CancelReason::NotSelected);
        }
        // Dropped outside the lock, in the runner's own frame.
        drop(late);
        Ok(())
    }

    /// Gives the value back if it comes too late.
    fn enter<E>(&self, group: &Group<'_, E>, value: V) -> Option<V> {
        {
            let mut state = group.node().lock();
            if state.cancelled.is_some() {
                // Without this value the race knows no winner, and it does not say that there was nobody.
                state.is_cut |= state.is_cancelled_from_outside();
                return Some(value);
            }
        }
        let mut first = self.0.lock();
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

/// How a race ends: by its winner, or with what all have failed with. `None`: there was no runner.
#[derive(Debug)]
pub struct Races<'a, V>(&'a Finish<V>);

impl<'a, V> Races<'a, V> {
    pub(super) fn new(finish: &'a Finish<V>) -> Self {
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
        let winner = self.0.0.lock().take();
        winner.map(|value| Some(Ok(value)))
    }
    fn deliver(&self, result: Result<(), E>, owner: &Owner<E>) -> Self::Output {
        result
            .err()
            .map(|first| Err(Failures::new(first, owner.take_rest())))
    }
}
