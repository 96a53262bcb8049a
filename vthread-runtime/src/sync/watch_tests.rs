//! Values that are watched, by hand and in parallel.

use super::*;
use crate::sync::manual_poll::by_hand;

#[test]
fn receivers_see_the_latest_value() {
    let (tx, mut rx) = watch(0);
    let mut other = rx.clone();
    assert_eq!(rx.has_changed(), Ok(false));
    for n in 1..=3 {
        tx.send(n).unwrap();
    }
    assert!(rx.borrow().has_changed());
    assert_eq!(*rx.borrow(), 3);
    assert_eq!(*rx.borrow_and_update(), 3);
    assert_eq!(
        (rx.has_changed(), other.has_changed()),
        (Ok(false), Ok(true))
    );
    other.changed().block().unwrap();
    assert_eq!(other.has_changed(), Ok(false));
    assert_eq!(*tx.subscribe().borrow(), 3);
}

#[test]
fn a_change_wakes_all_who_wait() {
    let (tx, rx) = watch(0);
    let (mut a, mut b) = (rx.clone(), rx);
    let (mut first, mut second) = (by_hand(a.changed()), by_hand(b.changed()));
    assert!(first.poll().is_none() && second.poll().is_none());
    assert!(!tx.send_if_modified(|_| false));
    assert_eq!((first.woken(), second.woken()), (0, 0));
    tx.send_modify(|value| *value += 1);
    assert_eq!((first.woken(), second.woken()), (1, 1));
    assert_eq!((first.poll(), second.poll()), (Some(Ok(())), Some(Ok(()))));
}

#[test]
fn a_cancelled_wait_has_seen_nothing() {
    let (tx, mut rx) = watch(0);
    let mut waiting = by_hand(rx.changed());
    assert!(waiting.poll().is_none());
    tx.send(1).unwrap();
    drop(waiting);
    assert_eq!(rx.has_changed(), Ok(true));
}

#[test]
fn the_last_value_is_seen_after_the_senders_have_gone() {
    let (tx, mut rx) = watch(0);
    drop(tx.clone());
    tx.send(1).unwrap();
    drop(tx);
    assert_eq!(rx.changed().block(), Ok(()));
    assert_eq!(*rx.borrow(), 1);
    assert_eq!(rx.changed().block(), Err(RecvError));
    assert_eq!(rx.has_changed(), Err(RecvError));
    assert_eq!(rx.wait_for(|n| *n == 1).block(), Ok(()));
    assert_eq!(rx.wait_for(|n| *n == 2).block(), Err(RecvError));
}

#[test]
fn closed_waits_for_the_last_receiver() {
    let (tx, rx) = watch(0);
    let other = rx.clone();
    let mut closed = by_hand(tx.closed());
    assert!(closed.poll().is_none());
    drop(rx);
    assert_eq!(closed.woken(), 0);
    drop(other);
    assert_eq!((closed.woken(), closed.poll()), (1, Some(())));
    assert_eq!(tx.send(1), Err(SendError(1)));
    assert_eq!((tx.send_replace(2), *tx.borrow()), (0, 2));
}

#[test]
fn wait_for_sees_each_value_that_stays() {
    let (tx, mut rx) = watch(0);
    // Fewer under Miri.
    let last = if cfg!(miri) { 20 } else { 1_000 };
    std::thread::scope(|scope| {
        scope.spawn(move || (1..=last).for_each(|n| tx.send(n).unwrap()));
        rx.wait_for(|n| *n == last).block().unwrap();
    });
    assert_eq!(*rx.borrow(), last);
}

#[test]
fn is_send_and_sync_as_the_value_is() {
    fn is_send<T: Send>(_: &T) {}
    let (tx, mut rx) = watch(0);
    is_send(&tx.closed());
    is_send(&rx.changed());
    is_send(&tx);
}
