//! Broadcast: polled by hand for cancellation, with threads for the rest.

use super::*;
use crate::sync::manual_poll::by_hand;
use BroadcastRecvError::{Closed, Lagged};

#[test]
fn each_receiver_gets_each_message() {
    let (tx, one) = broadcast(4);
    let other = tx.subscribe();
    assert_eq!(tx.send(1), Ok(2));
    let late = tx.subscribe();
    assert_eq!(tx.send(2), Ok(3));
    assert_eq!((one.recv().block(), one.recv().block()), (Ok(1), Ok(2)));
    assert_eq!((other.recv().block(), late.recv().block()), (Ok(1), Ok(2)));
    assert_eq!(tx.len(), 1, "one message is missing at one receiver");
    drop(tx);
    assert_eq!(
        (other.recv().block(), other.recv().block()),
        (Ok(2), Err(Closed))
    );
    assert_eq!(late.try_recv(), Err(TryBroadcastRecvError::Closed));
}

#[test]
fn a_receiver_that_lags_is_told() {
    let (tx, rx) = broadcast(2);
    for n in 0..5 {
        tx.send(n).unwrap();
    }
    assert_eq!(rx.len(), 5);
    assert_eq!(rx.recv().block(), Err(Lagged(3)));
    assert_eq!((rx.try_recv(), rx.try_recv()), (Ok(3), Ok(4)));
    assert_eq!(rx.try_recv(), Err(TryBroadcastRecvError::Empty));
}

#[test]
fn a_message_goes_when_all_have_it() {
    let message = Arc::new(());
    let (tx, one) = broadcast(4);
    let other = one.resubscribe();
    tx.send(message.clone()).unwrap();
    drop(one.recv().block());
    assert_eq!(Arc::strong_count(&message), 2);
    drop(other);
    assert_eq!(Arc::strong_count(&message), 1);
    assert!(tx.is_empty());
    let mut closed = by_hand(tx.closed());
    assert!(closed.poll().is_none());
    drop(one);
    assert_eq!((closed.woken(), closed.poll()), (1, Some(())));
    assert!(tx.send(message).is_err());
}

#[test]
fn a_cancelled_wait_loses_no_message() {
    let (tx, rx) = broadcast(4);
    let mut waiting = by_hand(rx.recv());
    assert!(waiting.poll().is_none());
    tx.send(1).unwrap();
    assert_eq!(waiting.woken(), 1);
    drop(waiting);
    assert_eq!(rx.recv().block(), Ok(1));
}

#[test]
fn many_receivers_in_parallel() {
    // Fewer under Miri.
    let n_messages = if cfg!(miri) { 20_u64 } else { 1_000 };
    let (tx, first) = broadcast(n_messages as usize);
    let receivers: Vec<_> = (0..3).map(|_| tx.subscribe()).chain([first]).collect();
    std::thread::scope(|scope| {
        let sums: Vec<_> = receivers
            .into_iter()
            .map(|rx| {
                scope.spawn(move || {
                    let mut sum = 0;
                    while let Ok(n) = rx.recv().block() {
                        sum += n;
                    }
                    sum
                })
            })
            .collect();
        for n in 0..n_messages {
            tx.send(n).unwrap();
        }
        drop(tx);
        for sum in sums {
            assert_eq!(sum.join().unwrap(), n_messages * (n_messages - 1) / 2);
        }
    });
}
