//! Synchronisation between vthreads. Mirrors [`std::sync`], with these differences: waiting suspends, a
//! [`Mutex`] is not poisoned, and a [`channel`] has any number of receivers.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `mutex.lock().block()`.

mod any;
mod barrier;
mod broadcast;
#[cfg(all(test, not(loom)))]
mod by_hand;
mod channel;
mod condvar;
mod iterate;
mod lazy_lock;
mod mutex;
mod notify;
mod once_lock;
mod oneshot;
mod queue;
mod raw_lock;
mod reserve;
mod rw_lock;
mod semaphore;
mod waitlist;
mod watch;

pub use any::{__vthread_recv_any, ReceivingAny, recv_any};
pub use barrier::{Barrier, BarrierWaitResult};
pub use broadcast::{
    BroadcastReceiver, BroadcastRecvError, BroadcastSender, TryBroadcastRecvError, broadcast,
};
pub use channel::{NextMessage, Receiver, Receiving, Sender, Sending, channel, unbounded};
pub use condvar::Condvar;
pub use iterate::{IntoIter, Iter, MessageSteps};
pub use lazy_lock::LazyLock;
pub use mutex::{Lock, Mutex, MutexGuard};
pub use notify::Notify;
pub use once_lock::OnceLock;
pub use oneshot::{OneshotReceiver, OneshotSender, oneshot};
pub use reserve::{Reserving, SendPermit};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
pub use watch::{WatchReceiver, WatchRef, WatchSender, watch};
