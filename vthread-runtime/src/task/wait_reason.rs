//! The reason for which a vthread is parked, in one byte: for dumps, and to skip vthreads that wait
//! for no other vthread.
//!
//! Each poll begins with `Unknown`; an operation that is about to return `Pending` sets its reason.
//! So the reason of a parked vthread was set by its last poll, and is never cleared. If the vthread
//! waits for several things at once, the last one set counts.

use super::current;
use crate::trace::timeline::Then;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Context;

/// A reason to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum WaitReason {
    /// A user's future, or nothing.
    Unknown = 0,
    Locking,
    Joining,
    /// As `Joining`, when the wait before was one as well.
    JoiningAgain,
    /// As `JoiningAgain`, for the third time or more: it goes from one to the next of many.
    JoiningMany,
    /// The end of a group: that of its children.
    Closing,
    /// A permit of a group with a limit.
    Spawning,
    Receiving,
    Sending,
    Acquiring,
    AwaitingNotification,
    AtBarrier,
    Sleeping,
    InputOrOutput,
    Offloading,
    /// It does not wait: it has yielded, and is queued for its next poll. Of tasks only.
    Queued,
    /// As `Queued`, for its first poll.
    New,
}

impl WaitReason {
    const ALL: [WaitReason; 17] = [
        WaitReason::Unknown,
        WaitReason::Locking,
        WaitReason::Joining,
        WaitReason::JoiningAgain,
        WaitReason::JoiningMany,
        WaitReason::Closing,
        WaitReason::Spawning,
        WaitReason::Receiving,
        WaitReason::Sending,
        WaitReason::Acquiring,
        WaitReason::AwaitingNotification,
        WaitReason::AtBarrier,
        WaitReason::Sleeping,
        WaitReason::InputOrOutput,
        WaitReason::Offloading,
        WaitReason::Queued,
        WaitReason::New,
    ];

    /// The reason as what a vthread does after a poll.
    #[inline]
    pub(crate) const fn as_then(self) -> Then {
        Then::waits(self as u8)
    }

    /// The reason of a vthread that waits after a poll.
    pub(crate) fn of(then: Then) -> Option<Self> {
        if then == Then::YIELDS {
            return Some(WaitReason::Queued);
        }
        Self::ALL.get(usize::from(then.reason()?)).copied()
    }

    /// It waits for a lock, or for the end of another vthread.
    pub(crate) fn is_waiting_for_another(self) -> bool {
        use WaitReason::{Joining, JoiningAgain, JoiningMany, Locking};
        matches!(self, Locking | Joining | JoiningAgain | JoiningMany)
    }

    /// The reason as words, after "waits".
    pub(crate) fn words(self) -> &'static str {
        match self {
            WaitReason::Unknown => "for something outside the library",
            WaitReason::Locking => "for a lock",
            WaitReason::Joining | WaitReason::JoiningAgain | WaitReason::JoiningMany => {
                "for the end of a vthread"
            }
            WaitReason::Closing => "for the children of its group",
            WaitReason::Spawning => "for room in a group",
            WaitReason::Receiving => "for a message",
            WaitReason::Sending => "for room in a channel",
            WaitReason::Acquiring => "for a permit",
            WaitReason::AwaitingNotification => "for a notification",
            WaitReason::AtBarrier => "at a barrier",
            WaitReason::Sleeping => "for a point in time",
            WaitReason::InputOrOutput => "for I/O",
            WaitReason::Offloading => "for a helper thread",
            WaitReason::Queued | WaitReason::New => "for its turn",
        }
    }
}

/// Set beside the reason of a task that has waited, was woken, and is queued for its next poll.
const WOKEN: u8 = 1 << 7;

/// Why a task is polled: the reason that it had in its queue. A word, which the poll copies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(usize);

impl Turn {
    /// Of a vthread that is no task.
    pub(crate) const OF_ROOT: Turn = Turn(WaitReason::Unknown as usize);

    /// It waited, and was woken.
    #[inline]
    pub(crate) fn is_woken(self) -> bool {
        self.0 & WOKEN as usize != 0
    }

    /// The reason to wait for an end after such a turn.
    #[inline]
    pub(crate) fn joins(self) -> WaitReason {
        const ONCE: usize = WaitReason::Joining as usize;
        const TWICE: usize = WaitReason::JoiningAgain as usize;
        const MORE: usize = WaitReason::JoiningMany as usize;
        match self.0 & !(WOKEN as usize) {
            ONCE => WaitReason::JoiningAgain,
            TWICE | MORE => WaitReason::JoiningMany,
            _ => WaitReason::Joining,
        }
    }

    /// It is new.
    #[inline]
    pub(crate) fn is_first(self) -> bool {
        self.0 == WaitReason::New as usize
    }
}

/// The current reason of a vthread.
#[derive(Debug)]
pub(crate) struct WaitReasonCell(AtomicU8);

impl WaitReasonCell {
    pub(crate) fn new(wait_reason: WaitReason) -> Self {
        WaitReasonCell(AtomicU8::new(wait_reason as u8))
    }

    #[inline]
    pub(crate) fn set(&self, wait_reason: WaitReason) {
        self.0.store(wait_reason as u8, Ordering::Relaxed);
    }

    /// The task, which waited, is about to be queued. Called by its only waker that queues it.
    #[inline]
    pub(crate) fn set_woken(&self) {
        self.0
            .store(self.0.load(Ordering::Relaxed) | WOKEN, Ordering::Relaxed);
    }

    /// Whether the task is queued: it is new, has yielded, or was woken.
    #[inline]
    pub(crate) fn is_queued(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= WaitReason::Queued as u8
    }

    /// Whether the vthread, which is parked, goes from the end of one to the next of many.
    #[inline]
    pub(crate) fn joins_many(&self) -> bool {
        self.0.load(Ordering::Relaxed) & !WOKEN == WaitReason::JoiningMany as u8
    }

    /// Why the task is to be polled.
    #[inline]
    pub(crate) fn turn(&self) -> Turn {
        Turn(usize::from(self.0.load(Ordering::Relaxed)))
    }

    /// What the vthread, whose poll ends, does then if it waits.
    #[inline]
    pub(crate) fn then(&self) -> Then {
        Then::waits(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn get(&self) -> WaitReason {
        WaitReason::ALL[usize::from(self.0.load(Ordering::Relaxed) & !WOKEN)]
    }
}

/// Sets the reason for which the vthread that is polled with `cx` is about to wait.
#[inline]
pub(crate) fn waits(wait_reason: WaitReason, cx: &Context<'_>) {
    current::with(|running| {
        if let Some(running) = running.filter(|running| running.is_own(cx)) {
            running.set_wait_reason(wait_reason);
        }
    });
}

/// As `waits`, for the end of a vthread.
#[inline]
pub(crate) fn joins(cx: &Context<'_>) {
    current::with(|running| {
        if let Some(running) = running.filter(|running| running.is_own(cx)) {
            running.set_wait_reason(running.turn().joins());
        }
    });
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_third_join_in_a_row_is_one_of_many() {
        let cell = WaitReasonCell::new(WaitReason::Sleeping);
        let waits = [false, false, true, true].map(|is_of_many| {
            cell.set(cell.turn().joins());
            assert_eq!(cell.joins_many(), is_of_many);
            cell.set_woken();
            assert_eq!(cell.joins_many(), is_of_many);
            cell.get()
        });
        assert!(waits.iter().all(|wait| wait.is_waiting_for_another()));
        cell.set(WaitReason::Receiving);
        assert_eq!(cell.turn().joins(), WaitReason::Joining);
    }

    #[test]
    fn every_byte_that_is_said_is_understood() {
        let cell = WaitReasonCell::new(WaitReason::Unknown);
        for wait_reason in WaitReason::ALL {
            cell.set(wait_reason);
            assert_eq!(cell.get(), wait_reason);
            let is_queued = matches!(wait_reason, WaitReason::Queued | WaitReason::New);
            assert_eq!(cell.is_queued(), is_queued);
            assert!(!cell.turn().is_woken());
            cell.set_woken();
            assert_eq!(cell.get(), wait_reason);
            assert!(cell.is_queued() && cell.turn().is_woken());
        }
    }
}
