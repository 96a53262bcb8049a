//! What a signal handler rings. On Windows it runs on a thread of the system, and may do what a
//! thread may: take a lock, and wake.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

/// The wakers of the hearers, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Hearers {
    wakers: Vec<(u64, Waker)>,
    n_hearings: u64,
}

/// A bell, as its hearers have it.
#[derive(Debug)]
pub(super) struct Bell {
    hearers: Arc<Mutex<Hearers>>,
}

/// A bell, as a signal handler has it.
#[derive(Debug)]
pub(super) enum Ringer {
    Wakers(Arc<Mutex<Hearers>>),
    Thread(SyncSender<()>),
}

/// A bell for a thread of its own.
#[derive(Debug)]
pub(super) struct ThreadBell(Receiver<()>);

impl Bell {
    pub(super) fn new() -> io::Result<(Bell, Ringer)> {
        let hearers = Arc::<Mutex<Hearers>>::default();
        let ringer = Ringer::Wakers(hearers.clone());
        Ok((Bell { hearers }, ringer))
    }

    pub(super) fn hearing(&'static self) -> Hearing {
        let mut hearers = self.hearers.lock().unwrap_or_else(PoisonError::into_inner);
        hearers.n_hearings += 1;
        Hearing {
            bell: self,
            number: hearers.n_hearings,
        }
    }
}

impl Ringer {
    pub(super) fn ring(&self) {
        match self {
            Ringer::Wakers(hearers) => {
                let mut hearers = hearers.lock().unwrap_or_else(PoisonError::into_inner);
                let wakers = std::mem::take(&mut hearers.wakers);
                drop(hearers);
                for (_, waker) in wakers {
                    waker.wake();
                }
            }
            // If there is one already, the thread is about to hear it.
            Ringer::Thread(sender) => drop(sender.try_send(())),
        }
    }
}

impl ThreadBell {
    pub(super) fn new() -> io::Result<(ThreadBell, Ringer)> {
        let (sender, receiver) = sync_channel(1);
        Ok((ThreadBell(receiver), Ringer::Thread(sender)))
    }

    /// Blocks until it rings. False: it never will.
    pub(super) fn hear(&mut self) -> bool {
        self.0.recv().is_ok()
    }
}

/// A wait for the bell.
#[derive(Debug)]
pub(super) struct Hearing {
    bell: &'static Bell,
    number: u64,
}

impl Hearing {
    /// Has the next ring wake.
    pub(super) fn leave_waker(&mut self, cx: &mut Context<'_>) {
        self.replace(Some(cx.waker().clone()));
    }

    fn replace(&mut self, waker: Option<Waker>) {
        let hearers = &self.bell.hearers;
        let mut locked = hearers.lock().unwrap_or_else(PoisonError::into_inner);
        let found = locked
            .wakers
            .iter()
            .position(|(number, _)| *number == self.number);
        let old = found.map(|n| locked.wakers.swap_remove(n));
        locked
            .wakers
            .extend(waker.map(|waker| (self.number, waker)));
        drop(locked);
        // A foreign one may do anything, so outside the lock.
        drop(old);
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.replace(None);
    }
}
