//! Room in a channel that is reserved for a message, so that the wait comes before the message is
//! given away.
#![allow(unsafe_code)] // Projection to pinned waits.

use super::SendError;
use super::channel::Sender;
use super::channel_queue::{Queue, Room};
use super::waitlist::Wait;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::wait_for::leak;
use std::fmt;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Room for one message, returned by [`Sender::reserve`]. Dropping it gives the room back.
#[must_use = "dropping it gives the room back"]
pub struct SendPermit<'c, T> {
    queue: &'c Queue<T>,
}

impl<T> Sender<T> {
    /// Waits until there is room, and reserves it for one message.
    ///
    /// A message sent through the permit cannot be lost to a cancellation: the wait is over by
    /// then.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the channel is full.
    ///
    /// # Cancellation
    /// Cancelled means not reserved. Room that is reserved counts as used until the permit is.
    ///
    /// # Errors
    /// All receivers are gone.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::channel;
    ///
    /// let (tx, rx) = channel(1);
    /// let permit = tx.reserve().block().unwrap(); // In #[vthread] code: tx.reserve()?
    /// assert!(tx.try_send("no room").is_err());
    /// permit.send("kept").unwrap();
    /// assert_eq!(rx.try_recv(), Ok("kept"));
    /// ```
    pub fn reserve(&self) -> Call<Result<SendPermit<'_, T>, SendError<()>>, Reserving<'_, T>> {
        Call::leaf(Reserving {
            wait: Wait::new(Room(&self.queue)),
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("reserve") }> for Sender<T> {}

impl<T> SendPermit<'_, T> {
    /// Sends `message`. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// All receivers are gone. The error holds the message.
    pub fn send(self, message: T) -> Result<(), SendError<T>> {
        leak::<T>();
        // The room is used, not given back.
        ManuallyDrop::new(self).queue.send_reserved(message)
    }
}

impl<T> Drop for SendPermit<'_, T> {
    fn drop(&mut self) {
        self.queue.give_up();
    }
}

/// The frame of [`Sender::reserve`].
pub struct Reserving<'c, T> {
    wait: Wait<Room<'c, T>>,
}

impl<'c, T> Future for Reserving<'c, T> {
    type Output = Result<SendPermit<'c, T>, SendError<()>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        // SAFETY: The wait is pinned with the frame: nothing moves it out.
        let wait = unsafe { self.as_ref().map_unchecked(|reserving| &reserving.wait) };
        wait.poll(cx, |room, locked, _| {
            room.reserve(locked).map(|settled| (room.0, settled))
        })
        .map(|(queue, settled)| settled.settle().map(|()| SendPermit { queue }))
    }
}

impl<T> fmt::Debug for SendPermit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendPermit").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Reserving<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserving").finish_non_exhaustive()
    }
}
