//! Synchronisation between vthreads. Mirrors [`std::sync`], with these differences: waiting suspends, a
//! [`Mutex`] is not poisoned, and a [`channel`] has any number of receivers.
//!
//! In code that is not under `#[vthread]`, `.wait()` makes a call and blocks: `mutex.lock().wait()`.

mod channel;
mod mutex;
mod queue;
mod raw_lock;
mod semaphore;
mod waitlist;

pub use channel::{IntoIter, Iter, Receiver, Receiving, Sender, Sending, channel, unbounded};
pub use mutex::{Lock, Mutex, MutexGuard};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
