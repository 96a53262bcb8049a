//! Channels under the names of [`std::sync::mpsc`].
//!
//! They are the channels of [`sync`](super): a receiver can be cloned as well, and each message is
//! received once.
//!
//! | `std::sync::mpsc` | here | difference |
//! |---|---|---|
//! | `channel()` | [`channel`], [`unbounded`](super::unbounded) | none |
//! | `sync_channel(n)`, also of 0 | [`sync_channel`], [`channel`](super::channel) | of 0, `send` returns once a waiting receiver has been notified of the message |
//! | `Sender`, `SyncSender` | [`Sender`] | one type for both; `send` is a checkpoint, in plain code `send(..).block()` |
//! | `Receiver`, `Iter`, `TryIter`, `IntoIter` | the same names | they can be shared and cloned; `recv()` suspends |
//! | errors | std's own | none |
//!
//! ```
//! # use vthread_runtime as vthread;
//! use vthread::sync::mpsc::{SyncSender, sync_channel};
//!
//! let (tx, rx) = sync_channel(1);
//! let tx: SyncSender<_> = tx;
//! tx.try_send(1).unwrap();
//! drop(tx);
//! assert_eq!(rx.iter().sum::<i32>(), 1);
//! ```

pub use super::channel as sync_channel;
pub use super::unbounded as channel;
pub use super::{IntoIter, Iter, Receiver, Sender, TryIter};
pub use super::{Sender as SyncSender, WeakSender};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
