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
pub(crate) enum Doing {
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

impl Doing {
    const ALL: [Doing; 13] = [
        Doing::Unknown,
        Doing::Locking,
        Doing::Joining,
        Doing::Closing,
        Doing::Spawning,
        Doing::Receiving,
        Doing::Sending,
        Doing::Acquiring,
        Doing::AwaitingNotification,
        Doing::AtBarrier,
        Doing::Sleeping,
        Doing::InputOrOutput,
        Doing::Offloading,
    ];

    /// In words, after "waits".
    pub(crate) fn words(self) -> &'static str {
        match self {
            Doing::Unknown => "for something outside the library",
            Doing::Locking => "for a lock",
            Doing::Joining => "for the end of a vthread",
            Doing::Closing => "for the children of its group",
            Doing::Spawning => "for room in a group",
            Doing::Receiving => "for a message",
            Doing::Sending => "for room in a channel",
            Doing::Acquiring => "for a permit",
            Doing::AwaitingNotification => "for a notification",
            Doing::AtBarrier => "at a barrier",
            Doing::Sleeping => "for a point in time",
            Doing::InputOrOutput => "for I/O",
            Doing::Offloading => "for a helper thread",
        }
    }
}

/// Where a vthread says it.
#[derive(Debug)]
pub(crate) struct Board(AtomicU8);

impl Board {
    pub(crate) fn new() -> Self {
        Board(AtomicU8::new(Doing::Unknown as u8))
    }

    #[inline]
    pub(crate) fn set(&self, doing: Doing) {
        self.0.store(doing as u8, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Doing {
        Doing::ALL[usize::from(self.0.load(Ordering::Relaxed))]
    }
}

/// The vthread that is polled with `cx` is about to wait.
#[inline]
pub(crate) fn waits(doing: Doing, cx: &Context<'_>) {
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
        let board = Board::new();
        for doing in Doing::ALL {
            board.set(doing);
            assert_eq!(board.get(), doing);
        }
    }
}
