//! Synchronisation between vthreads. Mirrors [`std::sync`], with these differences: waiting suspends, a
//! [`Mutex`] is not poisoned, and a [`channel`] has any number of receivers.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `mutex.lock().block()`.

mod barrier;
mod broadcast;
mod channel;
mod channel_iter;
mod channel_queue;
mod condvar;
mod lazy_lock;
#[cfg(all(test, not(loom)))]
mod manual_poll;
mod mutex;
mod notify;
mod once_lock;
mod oneshot;
mod raw_lock;
mod receive_any;
mod rw_lock;
mod semaphore;
mod send_permit;
mod waitlist;
mod watch;

pub use barrier::{Barrier, BarrierWaitResult};
pub use broadcast::{
    BroadcastReceiver, BroadcastRecvError, BroadcastSender, TryBroadcastRecvError, broadcast,
};
pub use channel::{NextMessage, Receiver, Receiving, Sender, Sending, channel, unbounded};
pub use channel_iter::{IntoIter, Iter, MessageSteps};
pub use condvar::Condvar;
pub use lazy_lock::LazyLock;
pub use mutex::{Lock, Mutex, MutexGuard};
pub use notify::Notify;
pub use once_lock::OnceLock;
pub use oneshot::{OneshotReceiver, OneshotSender, oneshot};
pub use receive_any::{__vthread_recv_any, ReceivingAny, recv_any};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use semaphore::{Acquire, Permit, Semaphore};
pub use send_permit::{Reserving, SendPermit};
pub use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
pub use watch::{WatchReceiver, WatchRef, WatchSender, watch};
