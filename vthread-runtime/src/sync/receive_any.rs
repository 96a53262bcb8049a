//! Receiving from a number of channels that is known only when the program runs.
#![allow(unsafe_code)] // Projection to pinned waits.

use super::RecvError;
use super::channel::{Receiver, poll_receive};
use super::channel_queue::{Messages, Queue};
use super::waitlist::Wait;
use crate::base::chance;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Waits for a message from any of the channels, and takes it. Returns the index of its
    /// receiver among `receivers` as well.
    ///
    /// It is for a number of channels that is known only when the program runs; for a fixed number
    /// there is `select!`. As there, exactly one message is taken, and among channels that have one
    /// the choice is fair. (A `race!` of receivers starts a vthread for each.) Closed channels are
    /// skipped. Each call looks at all of the channels: for thousands of them, senders that share
    /// one channel are better.
    ///
    /// # Suspends
    /// Always a checkpoint, and while all of the channels are empty.
    ///
    /// # Cancellation
    /// Cancelled means that no message was received.
    ///
    /// # Errors
    /// All of the channels are empty and their senders gone, or there is no channel.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{recv_any, unbounded};
    ///
    /// let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| unbounded()).unzip();
    /// senders[1].try_send("hello").unwrap();
    /// assert_eq!(recv_any(&receivers), Ok((1, "hello")));
    /// drop(senders);
    /// assert!(recv_any(&receivers).is_err());
    /// ```
    pub fn recv_any = __vthread_recv_any ['r, T, R](receivers: R) -> Result<(usize, T), RecvError>
        [where T: 'r, R: IntoIterator<Item = &'r Receiver<T>>]
        => ReceivingAny<'r, T> { ReceivingAny::of(receivers) }
}

/// The frame of [`recv_any`].
pub struct ReceivingAny<'r, T> {
    /// One for each channel that is not known to be closed.
    waits: Box<[Wait<Messages<'r, T>>]>,
    /// The index at which the choice begins.
    first: usize,
}

impl<'r, T: 'r> ReceivingAny<'r, T> {
    fn of(receivers: impl IntoIterator<Item = &'r Receiver<T>>) -> Self {
        let queues = receivers
            .into_iter()
            .map(|receiver| -> &Queue<T> { &receiver.queue });
        let waits: Box<[_]> = queues.map(|queue| Wait::new(Messages(queue))).collect();
        ReceivingAny {
            first: chance::below(waits.len()),
            waits,
        }
    }

    fn poll_all(&self, cx: &mut Context<'_>) -> Poll<Result<(usize, T), RecvError>> {
        let n = self.waits.len();
        let mut is_open = false;
        for i in (0..n).map(|i| (self.first + i) % n) {
            // SAFETY: The waits are on the heap, in a box that nothing is moved out of: they stay
            // where they are until the frame drops them.
            let wait = unsafe { Pin::new_unchecked(&self.waits[i]) };
            match poll_receive(wait, cx) {
                Poll::Pending => is_open = true,
                Poll::Ready(settled) => {
                    if let Ok(message) = settled.settle() {
                        return Poll::Ready(Ok((i, message)));
                    }
                }
            }
        }
        match is_open {
            true => Poll::Pending,
            false => Poll::Ready(Err(RecvError)),
        }
    }
}

impl<T> Future for ReceivingAny<'_, T> {
    type Output = Result<(usize, T), RecvError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        taking(cx, |cx| self.poll_all(cx), Result::is_ok)
    }
}

impl<T> fmt::Debug for ReceivingAny<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivingAny").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;
    use crate::sync::unbounded;
    use crate::task::call::Call;

    fn receiving<'r>(
        receivers: &'r [Receiver<u32>],
    ) -> Call<Result<(usize, u32), RecvError>, ReceivingAny<'r, u32>> {
        __vthread_recv_any(receivers)
    }

    #[test]
    fn takes_exactly_one() {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..5).map(|_| unbounded()).unzip();
        let mut waiting = by_hand(receiving(&receivers));
        assert!(waiting.poll().is_none());
        senders[3].try_send(30).unwrap();
        senders[1].try_send(10).unwrap();
        let (i, message) = waiting.poll().unwrap().unwrap();
        assert_eq!(message as usize, i * 10);
        assert_eq!(receivers.iter().map(Receiver::len).sum::<usize>(), 1);
        drop(waiting);
        let (j, _) = recv_any(&receivers).unwrap();
        assert_eq!(i + j, 4);
    }

    /// It has been notified of a message, and goes away: another receiver is notified instead.
    #[test]
    fn what_it_was_told_is_passed_on() {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| unbounded()).unzip();
        let mut any = by_hand(receiving(&receivers));
        assert!(any.poll().is_none());
        let mut other = by_hand(receivers[2].recv());
        assert!(other.poll().is_none());
        senders[0].try_send(0).unwrap();
        senders[2].try_send(20).unwrap();
        while any.poll().unwrap() != Ok((0, 0)) {
            // The fair choice fell on the other one.
            senders[2].try_send(20).unwrap();
            any = by_hand(receiving(&receivers));
        }
        drop(any);
        assert_eq!((other.woken() > 0, other.poll()), (true, Some(Ok(20))));
    }

    #[test]
    fn closed_channels_are_passed_over() {
        let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| unbounded()).unzip();
        senders.truncate(1);
        let mut any = by_hand(receiving(&receivers));
        assert!(any.poll().is_none());
        senders[0].try_send(7).unwrap();
        assert_eq!(any.poll(), Some(Ok((0, 7))));
        drop(any);
        drop(senders);
        assert_eq!(recv_any(&receivers), Err(RecvError));
        assert_eq!(recv_any(&receivers[..0]), Err(RecvError));
    }
}
