//! Receiving within a time limit, and many messages at once.

use super::RecvTimeoutError;
use super::channel::{Receiver, poll_receive};
use super::channel_queue::Messages;
use super::waitlist::Wait;
use crate::base::wake::WakeList;
use crate::driver::time_limit::Limit;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

impl<T> Receiver<T> {
    /// As [`recv`](Receiver::recv), for at most `limit`.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the channel is empty.
    ///
    /// # Cancellation
    /// Cancelled means not received.
    ///
    /// # Errors
    /// `Timeout` if there was no message in this time; `Disconnected` if the channel is empty, and
    /// closed or without senders.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use std::time::Duration;
    /// use vthread::sync::{RecvTimeoutError, channel};
    ///
    /// let (tx, rx) = channel::<u8>(1);
    /// let limit = Duration::from_millis(1);
    /// assert_eq!(rx.recv_timeout(limit).block(), Err(RecvTimeoutError::Timeout));
    /// tx.try_send(7).unwrap();
    /// assert_eq!(rx.recv_timeout(limit).block(), Ok(7));
    /// ```
    pub fn recv_timeout(
        &self,
        limit: Duration,
    ) -> Call<Result<T, RecvTimeoutError>, impl Future<Output = Result<T, RecvTimeoutError>>> {
        Call::leaf(async move {
            let wait = pin!(Wait::new(Messages(&self.queue)));
            let limit = pin!(Limit::after(limit));
            poll_fn(move |cx| {
                ready!(checkpoint(cx));
                let receive = |cx: &mut Context<'_>| match poll_receive(wait.as_ref(), cx) {
                    Poll::Ready(settled) => {
                        let received = settled.settle();
                        Poll::Ready(received.map_err(|_| RecvTimeoutError::Disconnected))
                    }
                    Poll::Pending => {
                        let is_over = limit.as_ref().poll_over(cx);
                        is_over.map(|()| Err(RecvTimeoutError::Timeout))
                    }
                };
                taking(cx, receive, Result::is_ok)
            })
            .await
        })
    }

    /// Waits for a message, takes up to `limit` that are there, and appends them to `buf`. Returns
    /// how many: 0 if the channel is empty, and closed or without senders, or if `limit` is 0.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the channel is empty.
    ///
    /// # Cancellation
    /// Cancelled means that none was received.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let (tx, rx) = vthread::sync::unbounded();
    /// (0..5).for_each(|i| tx.try_send(i).unwrap());
    /// let mut batch = Vec::new();
    /// assert_eq!(rx.recv_many(&mut batch, 3).block(), 3);
    /// assert_eq!(batch, [0, 1, 2]);
    /// ```
    pub fn recv_many(
        &self,
        buf: &mut Vec<T>,
        limit: usize,
    ) -> Call<usize, impl Future<Output = usize>> {
        Call::leaf(async move {
            let wait = pin!(Wait::new(Messages(&self.queue)));
            poll_fn(move |cx| {
                ready!(checkpoint(cx));
                let mut woken = WakeList::default();
                let receive = |cx: &mut Context<'_>| {
                    let polled = wait.as_ref().poll(cx, |_, locked, _| {
                        Messages::receive_many(locked, buf, limit, &mut woken)
                    });
                    if polled.is_pending() {
                        self.queue.receiver_waits();
                    }
                    woken.wake_all();
                    polled
                };
                taking(cx, receive, |n| *n > 0)
            })
            .await
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("recv_timeout") }> for Receiver<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("recv_many") }> for Receiver<T> {}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::channel;
    use super::super::manual_poll::{begun, by_hand};
    use super::*;

    #[test]
    fn many_make_room_for_many() {
        let (tx, rx) = channel(2);
        tx.try_send(0).unwrap();
        tx.try_send(1).unwrap();
        let mut sending = [2, 3, 4].map(|i| by_hand(tx.send(i)));
        assert!(sending.iter_mut().all(|hand| hand.poll().is_none()));
        let mut batch = vec![9];
        assert_eq!(rx.recv_many(&mut batch, 8).block(), 2);
        assert_eq!(batch, [9, 0, 1]);
        assert_eq!(sending.each_ref().map(|hand| hand.woken()), [1, 1, 0]);
        assert_eq!(rx.recv_many(&mut batch, 0).block(), 0);
        drop(sending);
        drop(tx);
        assert_eq!(rx.recv_many(&mut batch, 8).block(), 0);
    }

    #[test]
    fn a_cancelled_batch_leaves_all_messages() {
        let (tx, rx) = channel(4);
        let mut batch = Vec::new();
        let mut receiving = by_hand(rx.recv_many(&mut batch, 4));
        let mut other = by_hand(rx.recv());
        assert!(receiving.poll().is_none() && other.poll().is_none());
        tx.try_send(1).unwrap();
        drop(receiving);
        assert_eq!((other.woken(), other.poll()), (1, Some(Ok(1))));
        assert!(batch.is_empty());
    }

    #[test]
    fn a_message_that_came_is_received_however_late() {
        let (tx, rx) = channel(1);
        let mut receiving = begun(|| rx.recv_timeout(Duration::from_millis(1)));
        while receiving.woken() == 0 {
            std::thread::yield_now();
        }
        tx.try_send(1).unwrap();
        assert_eq!(receiving.poll(), Some(Ok(1)));
        let disconnected = Err(RecvTimeoutError::Disconnected);
        drop(tx);
        assert_eq!(rx.recv_timeout(Duration::MAX).block(), disconnected);
    }
}
