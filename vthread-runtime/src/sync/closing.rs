//! Closing a channel, and senders that do not keep it open.

use super::channel::{Receiver, Sender};
use super::channel_queue::{Closing, Queue};
use super::waitlist::Wait;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::ready;

impl<T> Sender<T> {
    /// Closes the channel. See [`Receiver::close`].
    pub fn close(&self) {
        self.queue.close();
    }

    /// Waits until the channel is closed or all receivers are gone, so that sending fails.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is a receiver.
    ///
    /// # Cancellation
    /// The wait ends.
    pub fn closed(&self) -> Call<(), impl Future<Output = ()>> {
        Call::leaf(async move {
            let wait = pin!(Wait::new(Closing(&self.queue)));
            poll_fn(move |cx| {
                ready!(checkpoint(cx));
                wait.as_ref()
                    .poll(cx, |_, locked, _| Closing::is_closed(locked))
            })
            .await;
        })
    }

    /// Makes a sender that does not keep the channel open: the receivers do not wait for it.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::unbounded;
    ///
    /// let (tx, rx) = unbounded();
    /// let weak = tx.downgrade();
    /// weak.upgrade().unwrap().try_send("still there").unwrap();
    /// drop(tx);
    /// assert!(weak.upgrade().is_none());
    /// assert_eq!(rx.into_iter().collect::<Vec<_>>(), ["still there"]);
    /// ```
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender {
            queue: self.queue.clone(),
        }
    }

    /// Returns whether both send into the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.queue, &other.queue)
    }

    /// Returns the number of senders. It may have changed by the time it is used.
    pub fn sender_count(&self) -> usize {
        self.queue.n_senders()
    }

    /// Returns the number of receivers. It may have changed by the time it is used.
    pub fn receiver_count(&self) -> usize {
        self.queue.n_receivers()
    }
}

impl<T> Receiver<T> {
    /// Closes the channel: sending fails from now on, also for those that wait for room. Messages
    /// in it, and those sent through [room that was reserved](Sender::reserve) before, can still be
    /// received. Never waits, never a checkpoint.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::channel;
    ///
    /// let (tx, rx) = channel(2);
    /// tx.try_send("the last one").unwrap();
    /// rx.close();
    /// assert!(tx.try_send("too late").is_err());
    /// assert_eq!(rx.recv().block(), Ok("the last one"));
    /// assert!(rx.recv().block().is_err());
    /// ```
    pub fn close(&self) {
        self.queue.close();
    }

    /// Returns the number of senders. It may have changed by the time it is used.
    pub fn sender_count(&self) -> usize {
        self.queue.n_senders()
    }

    /// Returns the number of receivers. It may have changed by the time it is used.
    pub fn receiver_count(&self) -> usize {
        self.queue.n_receivers()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("closed") }> for Sender<T> {}

/// A sender that does not keep its channel open, returned by [`Sender::downgrade`].
pub struct WeakSender<T> {
    queue: Arc<Queue<T>>,
}

impl<T> WeakSender<T> {
    /// Returns a sender, if there still is one that keeps the channel open.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        self.queue.add_another_sender().then(|| Sender {
            queue: self.queue.clone(),
        })
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        WeakSender {
            queue: self.queue.clone(),
        }
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::by_hand;
    use super::super::{TryRecvError, channel};

    #[test]
    fn all_that_wait_learn_that_it_is_closed() {
        let (tx, rx) = channel(1);
        tx.try_send(1).unwrap();
        let mut sending = by_hand(tx.send(2));
        let mut closed = by_hand(tx.closed());
        assert!(sending.poll().is_none() && closed.poll().is_none());
        rx.close();
        assert_eq!((sending.woken(), closed.woken()), (1, 1));
        assert_eq!(sending.poll().unwrap().unwrap_err().0, 2);
        assert_eq!(closed.poll(), Some(()));
        assert_eq!(rx.recv().block(), Ok(1));
        assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
        assert!(tx.is_closed() && rx.is_closed());
    }

    #[test]
    fn what_was_reserved_is_received_before_the_end() {
        let (tx, rx) = channel(2);
        let (one, other) = (tx.reserve().block().unwrap(), tx.reserve().block().unwrap());
        rx.close();
        let mut receiving = [(); 3].map(|()| by_hand(rx.recv()));
        assert!(receiving.iter_mut().all(|hand| hand.poll().is_none()));
        one.send(1).unwrap();
        assert_eq!(receiving[0].poll(), Some(Ok(1)));
        assert!(receiving[1].poll().is_none());
        drop(other);
        for hand in &mut receiving[1..] {
            assert!(hand.woken() > 0 && hand.poll().unwrap().is_err());
        }
    }

    #[test]
    fn the_last_message_that_was_reserved_ends_the_others() {
        let (tx, rx) = channel(1);
        let permit = tx.reserve().block().unwrap();
        let mut receiving = [(); 2].map(|()| by_hand(rx.recv()));
        assert!(receiving.iter_mut().all(|hand| hand.poll().is_none()));
        rx.close();
        assert!(receiving.iter_mut().all(|hand| hand.poll().is_none()));
        permit.send(1).unwrap();
        assert!(receiving.iter().all(|hand| hand.woken() == 2));
        assert_eq!(receiving[1].poll(), Some(Ok(1)));
        assert!(receiving[0].poll().unwrap().is_err());
    }

    #[test]
    fn closed_when_the_receivers_are_gone() {
        let (tx, rx) = channel::<u8>(0);
        let mut closed = by_hand(tx.closed());
        assert!(closed.poll().is_none());
        let other = rx.clone();
        drop(rx);
        assert!(closed.poll().is_none());
        drop(other);
        assert_eq!((closed.woken(), closed.poll()), (1, Some(())));
    }

    #[test]
    fn a_weak_sender_keeps_no_channel_open() {
        let (tx, rx) = channel::<u8>(1);
        let weak = tx.downgrade();
        let mut receiving = by_hand(rx.recv());
        assert!(receiving.poll().is_none());
        let second = weak.upgrade().unwrap();
        assert!(second.same_channel(&tx));
        assert_eq!((tx.sender_count(), tx.receiver_count()), (2, 1));
        drop((tx, second));
        assert!(receiving.poll().unwrap().is_err());
        assert!(weak.clone().upgrade().is_none());
    }
}
