//! Channels: polled by hand for cancellation, with threads for the rest.

use super::super::manual_poll::by_hand;
use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);
impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// An operation that is polled by hand.
struct Hand<F> {
    frame: Pin<Box<F>>,
    woken: Arc<Counter>,
}

impl<F: Future> Hand<F> {
    fn poll(&mut self) -> Option<F::Output> {
        let waker = Waker::from(self.woken.clone());
        match self.frame.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }
    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

fn send<T>(tx: &Sender<T>, message: T) -> Hand<Sending<'_, T>> {
    let frame = Sending {
        wait: Wait::new(Room(&tx.queue)),
        message: Cell::new(Some(message)),
    };
    Hand {
        frame: Box::pin(frame),
        woken: Arc::default(),
    }
}

fn receive<T>(rx: &Receiver<T>) -> Hand<Receiving<'_, T>> {
    Hand {
        frame: Box::pin(Receiving {
            wait: Wait::new(Messages(&rx.queue)),
        }),
        woken: Arc::default(),
    }
}

#[test]
fn smoke() {
    let (tx, rx) = channel(2);
    assert_eq!((tx.capacity(), rx.len(), rx.is_empty()), (Some(2), 0, true));
    tx.send(1).block().unwrap();
    tx.try_send(2).unwrap();
    assert!(matches!(tx.try_send(3), Err(TrySendError::Full(3))));
    assert_eq!((tx.len(), rx.len()), (2, 2));
    assert_eq!(rx.recv().block(), Ok(1));
    assert_eq!(rx.try_recv(), Ok(2));
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
}

/// The destructor of a message may wait for the next sender.
#[test]
fn the_next_sender_is_woken_before_a_message_is_dropped() {
    /// Notes how often a sender was woken before the drop.
    struct Message(Arc<Counter>, Arc<AtomicUsize>);
    impl Drop for Message {
        fn drop(&mut self) {
            let n = self.0.0.load(Ordering::Relaxed);
            self.1.store(n, Ordering::Relaxed);
        }
    }
    let (tx, rx) = channel(1);
    assert!(tx.try_send(None).is_ok());
    let mut next = send(&tx, None);
    let seen = Arc::new(AtomicUsize::new(0));
    let message = Message(next.woken.clone(), seen.clone());
    let mut cancelled = send(&tx, Some(message));
    assert!(cancelled.poll().is_none() && next.poll().is_none());
    assert!(matches!(rx.try_recv(), Ok(None)));
    assert_eq!((cancelled.woken(), next.woken()), (1, 0));
    drop(cancelled);
    assert_eq!(seen.load(Ordering::Relaxed), 1);
}

#[test]
fn a_rendezvous_has_room_when_a_receiver_waits() {
    let (tx, rx) = channel(0);
    assert_eq!(
        (tx.capacity(), tx.try_send(0)),
        (Some(0), Err(TrySendError::Full(0)))
    );
    let mut sending = by_hand(tx.send(1));
    assert!(sending.poll().is_none());
    let mut receiving = by_hand(rx.recv());
    assert!(receiving.poll().is_none());
    assert_eq!((sending.woken(), sending.poll()), (1, Some(Ok(()))));
    assert_eq!((receiving.woken(), receiving.poll()), (1, Some(Ok(1))));
    assert_eq!(
        tx.try_send(2),
        Err(TrySendError::Full(2)),
        "it waits no more"
    );
    let mut receiving = by_hand(rx.recv());
    assert!(receiving.poll().is_none());
    assert_eq!(tx.try_send(2), Ok(()));
    assert_eq!(tx.try_send(3), Err(TrySendError::Full(3)), "of one message");
    drop(receiving);
    assert_eq!(rx.recv().block(), Ok(2), "the next one receives it");
}

#[test]
fn a_rendezvous_keeps_room_for_one_that_waits() {
    let (tx, rx) = channel(0);
    let (mut first, mut second) = (by_hand(tx.reserve()), by_hand(tx.reserve()));
    assert!(first.poll().is_none() && second.poll().is_none());
    let mut receiving = by_hand(rx.recv());
    assert!(receiving.poll().is_none());
    let permit = first.poll().unwrap().unwrap();
    assert!(second.poll().is_none());
    permit.send(1).unwrap();
    assert_eq!(receiving.poll(), Some(Ok(1)));
    drop(receiving);
    drop(rx);
    assert!(second.poll().unwrap().is_err());
}

#[test]
fn one_that_only_tries_meets_a_sender_in_the_end() {
    let (tx, rx) = channel(0);
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
    let mut sending = by_hand(tx.send(1));
    assert!(sending.poll().is_none());
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    assert_eq!((sending.woken(), sending.poll()), (1, Some(Ok(()))));
    assert_eq!(rx.try_recv(), Ok(1));
    let mut gone = by_hand(tx.send(2));
    assert!(gone.poll().is_none());
    assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    drop(gone);
    assert_eq!(
        tx.try_send(3),
        Err(TrySendError::Full(3)),
        "it asked for the other one"
    );
}

#[test]
fn closes_with_the_last_sender() {
    let (tx, rx) = channel(2);
    let mut waiting = receive(&rx);
    let other = tx.clone();
    tx.try_send(1).unwrap();
    drop(tx);
    assert!(!rx.is_closed());
    assert_eq!(waiting.poll(), Some(Ok(1)));
    let (mut first, mut second) = (receive(&rx), receive(&rx));
    assert!(first.poll().is_none() && second.poll().is_none());
    drop(other);
    assert_eq!((first.woken(), second.woken()), (1, 1));
    assert_eq!(
        (first.poll(), second.poll()),
        (Some(Err(RecvError)), Some(Err(RecvError)))
    );
    assert!(rx.is_closed());
}

#[test]
fn closes_with_the_last_receiver_and_drops_messages() {
    let (tx, rx) = channel(1);
    let message = Arc::new(());
    tx.try_send(message.clone()).unwrap();
    let mut waiting = send(&tx, message.clone());
    assert!(waiting.poll().is_none());
    drop(rx);
    assert_eq!(
        Arc::strong_count(&message),
        2,
        "only the waiting one is left"
    );
    assert_eq!(waiting.woken(), 1);
    assert!(matches!(waiting.poll(), Some(Err(SendError(_)))));
    assert!(tx.is_closed());
}

#[test]
fn a_cancelled_receiver_takes_nothing() {
    let (tx, rx) = channel(2);
    let (mut first, mut second) = (receive(&rx), receive(&rx));
    assert!(first.poll().is_none() && second.poll().is_none());
    tx.try_send(7).unwrap();
    assert_eq!((first.woken(), second.woken()), (1, 0));
    drop(first.frame);
    assert_eq!(second.woken(), 1, "the notification is passed on");
    assert_eq!(second.poll(), Some(Ok(7)));
}

#[test]
fn a_cancelled_sender_sends_nothing() {
    let (tx, rx) = channel(1);
    tx.try_send(1).unwrap();
    let (mut first, mut second) = (send(&tx, 2), send(&tx, 3));
    assert!(first.poll().is_none() && second.poll().is_none());
    assert_eq!(rx.try_recv(), Ok(1));
    assert_eq!((first.woken(), second.woken()), (1, 0));
    drop(first.frame);
    assert_eq!(second.woken(), 1, "the notification is passed on");
    assert_eq!(second.poll(), Some(Ok(())));
    assert_eq!(rx.try_recv(), Ok(3));
}

#[test]
fn who_was_overtaken_is_next() {
    let (tx, rx) = channel(1);
    let (mut first, mut second) = (receive(&rx), receive(&rx));
    assert!(first.poll().is_none() && second.poll().is_none());
    tx.try_send(1).unwrap();
    assert_eq!(rx.try_recv(), Ok(1));
    assert!(first.poll().is_none());
    tx.try_send(2).unwrap();
    assert_eq!((first.woken(), second.woken()), (2, 0));
    assert_eq!(first.poll(), Some(Ok(2)));
}

#[test]
fn every_message_is_received_once() {
    const EACH: usize = if cfg!(miri) { 4 } else { 500 };
    for bound in [1, 3, usize::MAX] {
        let (tx, rx) = if bound == usize::MAX {
            unbounded()
        } else {
            channel(bound)
        };
        let received = std::thread::scope(|scope| {
            for sender in 0..3 {
                let tx = tx.clone();
                scope.spawn(move || {
                    (0..EACH).for_each(|i| tx.send(sender * EACH + i).block().unwrap())
                });
            }
            drop(tx);
            let receivers: Vec<_> = (0..3)
                .map(|_| rx.clone())
                .map(|rx| scope.spawn(|| rx.into_iter().collect::<Vec<_>>()))
                .collect();
            receivers
                .into_iter()
                .map(|receiver| receiver.join().unwrap())
                .collect::<Vec<_>>()
        });
        for of_one in &received {
            for sender in 0..3 {
                assert!(
                    of_one.iter().filter(|&&i| i / EACH == sender).is_sorted(),
                    "order of one sender"
                );
            }
        }
        let mut all: Vec<_> = received.into_iter().flatten().collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..3 * EACH));
    }
}

#[test]
fn iteration_ends_with_the_channel() {
    let (tx, rx) = channel(3);
    (0..3).for_each(|i| tx.try_send(i).unwrap());
    assert_eq!(rx.iter().take(2).collect::<Vec<_>>(), [0, 1]);
    drop(tx);
    assert_eq!((&rx).into_iter().collect::<Vec<_>>(), [2]);
}
