//! The outcome of a child, for the holder of its handle.

use crate::cancel::reason::CancelReason;
use crate::task::header::{End, Header};
use std::fmt;

/// How a vthread has ended, without its value: that has one owner, which gets it by
/// [`Task::join`](crate::Task::join).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// With a value.
    Done,
    /// With an error, which its group has. In a group with `on_failure = keep` the error is the
    /// child's value, and it is `Done`.
    Failed,
    /// With a panic, which its group has.
    Panicked,
    /// It was cancelled before it could end by itself.
    Cancelled(CancelReason),
}

impl Outcome {
    /// `None` while the task lives.
    pub(crate) fn of(task: &Header) -> Option<Self> {
        if !task.is_complete() {
            return None;
        }
        Some(match task.end() {
            End::Done => Outcome::Done,
            End::Failed => Outcome::Failed,
            End::Panicked => Outcome::Panicked,
            End::Cancelled => {
                let reason = task.vthread.root.own_reason();
                Outcome::Cancelled(reason.expect("a vthread is cancelled by a mark on its root"))
            }
            End::Alive => unreachable!("the end is told before the task is complete"),
        })
    }
}

/// Reads as in "the child was cancelled: `Group::cancel` was called".
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done => f.write_str("done"),
            Outcome::Failed => f.write_str("failed"),
            Outcome::Panicked => f.write_str("panicked"),
            Outcome::Cancelled(reason) => write!(f, "cancelled: {reason}"),
        }
    }
}
