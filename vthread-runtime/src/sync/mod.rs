//! Synchronisation between vthreads. Mirrors [`std::sync`]: waiting suspends instead of blocking.
//!
//! | `std::sync` | here | difference |
//! |---|---|---|
//! | `Mutex`, `MutexGuard` | [`Mutex`], [`MutexGuard`] | no poisoning: `lock()` gives the guard itself, `try_lock()` an `Option`; a guard may be held while its vthread is suspended, and is `Send`; `MutexGuard::map`; [`lock_owned`](Mutex::lock_owned) |
//! | `RwLock` and its guards | [`RwLock`], [`RwLockReadGuard`], [`RwLockWriteGuard`] | the same; locks are granted in the order of the requests; `downgrade`, `map`, `read_owned`, `write_owned` |
//! | `Condvar`, `WaitTimeoutResult` | [`Condvar`], [`WaitTimeoutResult`] | no poisoning |
//! | `Barrier`, `BarrierWaitResult` | [`Barrier`], [`BarrierWaitResult`] | none |
//! | `Once`, `OnceState` | [`Once`], [`OnceState`] | no poisoning: `call_once` works after a panic |
//! | `OnceLock` | [`OnceLock`] | none |
//! | `LazyLock` | [`LazyLock`] | [`force`](LazyLock::force) suspends, a dereference blocks |
//! | `mpsc` | [`mpsc`]; [`channel`], [`unbounded`] | receivers can be shared and cloned; `send` is a checkpoint; `close`, `closed`, `recv_many`, `reserve`, weak senders |
//! | `atomic`, `Arc`, `Weak` | the same, re-exported | none |
//! | `PoisonError`, `LockResult`, `TryLockError` | the same, re-exported | no lock here returns one |
//! | - | [`Semaphore`], [`oneshot`], [`watch`], [`broadcast`], [`Notify`], [`recv_any`] | beyond std |
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks:
//! `mutex.lock().block()`.

mod barrier;
mod broadcast;
mod channel;
mod channel_iter;
mod channel_queue;
mod closing;
mod condvar;
mod condvar_limit;
mod lazy_lock;
#[cfg(all(test, not(loom)))]
mod manual_poll;
pub mod mpsc;
mod mutex;
mod mutex_guards;
mod notify;
mod on_demand;
mod once;
mod once_lock;
mod oneshot;
mod permits;
mod raw_lock;
mod receive_any;
mod receive_more;
mod rw_lock;
mod rw_lock_guards;
mod semaphore;
mod send_permit;
mod unwind_safety;
mod waitlist;
mod watch;

pub use barrier::{Barrier, BarrierWaitResult};
pub use broadcast::{
    BroadcastReceiver, BroadcastRecvError, BroadcastSender, TryBroadcastRecvError, broadcast,
};
pub use channel::{NextMessage, Receiver, Receiving, Sender, Sending, channel, unbounded};
pub use channel_iter::{IntoIter, Iter, MessageSteps, TryIter};
pub use closing::WeakSender;
pub use condvar::Condvar;
pub use condvar_limit::WaitTimeoutResult;
pub use lazy_lock::LazyLock;
pub use mutex::{Lock, Mutex, MutexGuard};
pub use mutex_guards::{MappedMutexGuard, OwnedMutexGuard};
pub use notify::Notify;
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use oneshot::{OneshotReceiver, OneshotSender, oneshot};
pub use permits::OwnedPermit;
pub use receive_any::{__vthread_recv_any, ReceivingAny, recv_any};
pub use rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use rw_lock_guards::{
    MappedRwLockReadGuard, MappedRwLockWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard,
};
pub use semaphore::{Acquire, Permit, Semaphore, SemaphoreClosed};
pub use send_permit::{Reserving, SendPermit};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak, atomic};
pub use watch::{WatchReceiver, WatchRef, WatchSender, watch};
