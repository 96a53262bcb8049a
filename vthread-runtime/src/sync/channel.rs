//! Channels: a bounded or unbounded queue of messages, with any number of senders and receivers.
#![allow(unsafe_code)] // Projection to pinned waits.

use super::channel_iter::Iter;
use super::channel_queue::{Messages, Queue, Room, Settled};
use super::waitlist::Wait;
use super::{RecvError, SendError, TryRecvError, TrySendError};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::taking::checked_taking;
use crate::task::wait_for::leak;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Makes a channel that holds up to `bound` messages.
///
/// Both halves can be cloned: each message is received by one receiver. Messages of one sender are
/// received in the order in which they were sent. The channel is closed when all halves of one side
/// are gone, or by [`close`](Receiver::close).
///
/// A channel of bound 0 is a *rendezvous*: it has room for a message when a receiver waits for one,
/// so `send` and `recv` wait for one another.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::channel;
///
/// let (tx, rx) = channel(4);
/// tx.send("ping").block().unwrap(); // In #[vthread] code: tx.send("ping")?
/// drop(tx);
/// assert_eq!(rx.recv().block(), Ok("ping"));
/// assert!(rx.recv().block().is_err());
/// ```
pub fn channel<T>(bound: usize) -> (Sender<T>, Receiver<T>) {
    of_bound(bound)
}

/// Makes a channel that holds any number of messages, so that sending never waits.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let (tx, rx) = vthread::sync::unbounded();
/// for i in 0..3 {
///     tx.try_send(i).unwrap();
/// }
/// drop(tx);
/// assert_eq!(rx.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
/// ```
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    of_bound(usize::MAX)
}

fn of_bound<T>(bound: usize) -> (Sender<T>, Receiver<T>) {
    let queue = Arc::new(Queue::new(bound));
    (
        Sender {
            queue: queue.clone(),
        },
        Receiver { queue },
    )
}

/// The sending half of a channel. See [`channel`].
pub struct Sender<T> {
    pub(super) queue: Arc<Queue<T>>,
}

/// The receiving half of a channel. See [`channel`].
///
/// `for message in receiver` and `for message in &receiver` end when the channel is closed. In
/// vthread code each step suspends as [`recv`](Receiver::recv) does; in plain code it blocks.
///
/// As long as there is a sender anywhere, a message may come. A child that uses a sender from
/// outside of its group borrows it: so a loop in the same group does not end. Move the sender into
/// the child (`spawn!(move => ..)`), give each child a clone and drop the original, or make the
/// channel inside the group.
///
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::unbounded;
///
/// let (tx, rx) = unbounded();
/// tx.try_send("ping").unwrap();
/// drop(tx);
/// for message in &rx {
///     assert_eq!(message, "ping");
/// }
/// ```
pub struct Receiver<T> {
    pub(super) queue: Arc<Queue<T>>,
}

impl<T> Sender<T> {
    /// Waits until there is room, and sends `message`.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the channel is full.
    ///
    /// # Cancellation
    /// Cancelled means not sent: `message` is dropped. [`reserve`](Sender::reserve) keeps it.
    ///
    /// # Errors
    /// The channel is closed. The error holds the message.
    pub fn send(&self, message: T) -> Call<Result<(), SendError<T>>, Sending<'_, T>> {
        Call::leaf(Sending {
            wait: Wait::new(Room(&self.queue)),
            message: Cell::new(Some(message)),
        })
    }

    /// Sends `message` if there is room. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// The channel is full, or closed. The error holds the message. One of bound 0 is full while no
    /// receiver waits.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{TrySendError, channel};
    ///
    /// let (tx, rx) = channel(1);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    /// drop(rx);
    /// assert_eq!(tx.try_send(3), Err(TrySendError::Disconnected(3)));
    /// ```
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        leak::<T>();
        self.queue.try_send(message)
    }

    /// Returns the number of messages that have been sent and not received.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Returns whether every message that was sent has been received.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many messages the channel holds at most; `None` if it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        capacity(&self.queue)
    }

    /// Returns whether the channel is closed, or all receivers are gone: sending fails.
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }
}

impl<T> Receiver<T> {
    /// Waits for a message and takes it.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the channel is empty.
    ///
    /// # Cancellation
    /// Cancelled means not received: the message stays, and another waiting receiver is notified.
    ///
    /// # Errors
    /// The channel is empty, and closed or without senders.
    pub fn recv(&self) -> Call<Result<T, RecvError>, Receiving<'_, T>> {
        Call::leaf(Receiving {
            wait: Wait::new(Messages(&self.queue)),
        })
    }

    /// Takes a message if there is one. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// The channel is empty; `Disconnected` if it is closed or all senders are gone, too.
    ///
    /// Where a sender waits at a channel of bound 0, it is asked for its message, which a later
    /// call finds.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{TryRecvError, channel};
    ///
    /// let (tx, rx) = channel::<i32>(1);
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    /// drop(tx);
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
    /// ```
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.queue.try_receive()
    }

    /// Returns the messages, one by one, until the channel is closed.
    ///
    /// In a `for` of vthread code each step suspends; as an `Iterator`, in plain code and under an
    /// adapter such as `enumerate`, each step blocks.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter::of(self)
    }

    /// Returns the number of messages that have been sent and not received.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Returns whether every message that was sent has been received.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns how many messages the channel holds at most; `None` if it is unbounded.
    pub fn capacity(&self) -> Option<usize> {
        capacity(&self.queue)
    }

    /// Returns whether the channel is closed, or all senders are gone: the messages in it can still
    /// be received, and no more will come.
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }
}

fn capacity<T>(queue: &Queue<T>) -> Option<usize> {
    (queue.bound() < usize::MAX).then_some(queue.bound())
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("send") }> for Sender<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("recv") }> for Receiver<T> {}

/// The frame of [`Sender::send`].
pub struct Sending<'c, T> {
    // Dropped first: the next sender has the room before the message's destructor runs.
    wait: Wait<Room<'c, T>>,
    /// There until it has been sent.
    message: Cell<Option<T>>,
}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), SendError<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let sending = self.as_ref();
        // SAFETY: The wait is pinned with the frame: nothing moves it out.
        let wait = unsafe { sending.map_unchecked(|sending| &sending.wait) };
        // SAFETY: This frame's only, which is borrowed uniquely. In place, since most calls move
        // the message on at once.
        let message = unsafe { &mut *sending.message.as_ptr() };
        let send = |cx: &mut Context<'_>| {
            wait.poll(cx, |room, locked, _| room.send(locked, message))
                .map(|settled| settled.settle())
        };
        let polled = checked_taking(cx, send, Result::is_ok);
        if polled.is_ready() {
            leak::<T>();
        }
        polled
    }
}

/// The frame of [`Receiver::recv`].
pub struct Receiving<'c, T> {
    wait: Wait<Messages<'c, T>>,
}

impl<T> Future for Receiving<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: The wait is pinned with the frame: nothing moves it out.
        let wait = unsafe { self.as_ref().map_unchecked(|receiving| &receiving.wait) };
        let receive = |cx: &mut Context<'_>| poll_receive(wait, cx).map(|settled| settled.settle());
        checked_taking(cx, receive, Result::is_ok)
    }
}

/// Takes a message, or waits for one.
#[inline]
pub(super) fn poll_receive<T>(
    wait: Pin<&Wait<Messages<'_, T>>>,
    cx: &mut Context<'_>,
) -> Poll<Settled<T, RecvError>> {
    let polled = wait.poll(cx, |_, locked, _| Messages::receive(locked));
    if polled.is_pending() {
        wait.get_ref().place().0.receiver_waits();
    }
    polled
}

/// The frame of a step of a loop over the messages.
pub struct NextMessage<'c, T> {
    wait: Wait<Messages<'c, T>>,
}

impl<'c, T> NextMessage<'c, T> {
    pub(super) fn of(receiver: &'c Receiver<T>) -> Self {
        NextMessage {
            wait: Wait::new(Messages(&receiver.queue)),
        }
    }
}

impl<T> Future for NextMessage<'_, T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: The wait is pinned with the frame: nothing moves it out.
        let wait = unsafe { self.as_ref().map_unchecked(|next| &next.wait) };
        let receive =
            |cx: &mut Context<'_>| poll_receive(wait, cx).map(|settled| settled.settle().ok());
        checked_taking(cx, receive, Option::is_some)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.queue.add_sender();
        Sender {
            queue: self.queue.clone(),
        }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.queue.add_receiver();
        Receiver {
            queue: self.queue.clone(),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.queue.remove_sender();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.queue.remove_receiver();
    }
}

macro_rules! debug_without_messages {
    ($($name:ident)*) => {
        $(impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
    ($($name:ident<'_>)*) => {
        $(impl<T> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        })*
    };
}
debug_without_messages! { Sender Receiver }
debug_without_messages! { Sending<'_> Receiving<'_> NextMessage<'_> }

#[cfg(all(test, not(loom)))]
#[path = "channel_tests.rs"]
mod tests;
