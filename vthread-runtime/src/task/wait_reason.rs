//! What a vthread that is parked waits for, in one byte: for dumps, and to pass over those who wait for nobody.
//!
//! Each poll begins with `Unknown`; an operation that is about to answer `Pending` says what it is. So what is
//! there while the vthread is parked was said by its last poll, and nobody has to take it back. Where several things
//! are waited for at once, it is the last that was said.

use super::current;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Context;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum WaitReason {
    /// A future of the user's own, or nothing.
    Unknown = 0,
    Locking,
    Joining,
    /// The end of a group: that of its children.
    Closing,
    /// Room in a group with a limit.
    Spawning,
    Receiving,
    Sending,
    Acquiring,
    AwaitingNotification,
    AtBarrier,
    Sleeping,
    InputOrOutput,
    Offloading,
}

impl WaitReason {
    const ALL: [WaitReason; 13] = [
        WaitReason::Unknown,
        WaitReason::Locking,
        WaitReason::Joining,
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
    ];

    /// In words, after "waits".
    pub(crate) fn words(self) -> &'static str {
        match self {
            WaitReason::Unknown => "for something outside the library",
            WaitReason::Locking => "for a lock",
            WaitReason::Joining => "for the end of a vthread",
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
        }
    }
}

/// Where a vthread says it.
#[derive(Debug)]
pub(crate) struct WaitReasonCell(AtomicU8);

impl WaitReasonCell {
    pub(crate) fn new() -> Self {
        WaitReasonCell(AtomicU8::new(WaitReason::Unknown as u8))
    }

    #[inline]
    pub(crate) fn set(&self, doing: WaitReason) {
        self.0.store(doing as u8, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> WaitReason {
        WaitReason::ALL[usize::from(self.0.load(Ordering::Relaxed))]
    }
}

/// The vthread that is polled with `cx` is about to wait.
#[inline]
pub(crate) fn waits(doing: WaitReason, cx: &Context<'_>) {
    current::with(|running| {
        if let Some(running) = running.filter(|running| running.is_own(cx)) {
            running.set_doing(doing);
        }
    });
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_is_said_is_understood() {
        let board = WaitReasonCell::new();
        for doing in WaitReason::ALL {
            board.set(doing);
            assert_eq!(board.get(), doing);
        }
    }
}
