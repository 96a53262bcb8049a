//! The protocol, step by step on one thread.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering as Std};
use std::task::{Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);
impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Std::Relaxed);
    }
}

fn counter() -> (Arc<Counter>, Waker) {
    let counter = Arc::new(Counter::default());
    (counter.clone(), counter.into())
}

fn announce(readiness: &Readiness, interest: Interest) {
    let mut woken = WakeList::default();
    readiness.announce(interest, &mut woken);
    woken.wake_all();
}

#[test]
fn what_is_assumed_is_ready_until_it_is_cleared() {
    let readiness = Readiness::new(Interest::BOTH);
    let observed = readiness.observe();
    assert!(observed.is_ready(Direction::Read) && observed.is_ready(Direction::Write));
    readiness.clear(observed, Direction::Read);
    assert!(!readiness.observe().is_ready(Direction::Read));
    assert!(readiness.observe().is_ready(Direction::Write));
}

#[test]
fn news_is_not_cleared_by_an_attempt_before_it() {
    let readiness = Readiness::new(Interest::BOTH);
    let before = readiness.observe();
    announce(&readiness, Interest(READABLE));
    readiness.clear(before, Direction::Read);
    assert!(readiness.observe().is_ready(Direction::Read));
}

#[test]
fn a_closed_direction_stays_ready() {
    let readiness = Readiness::new(Interest::NONE);
    announce(&readiness, Interest(READABLE | READ_CLOSED));
    readiness.clear(readiness.observe(), Direction::Read);
    assert!(readiness.observe().is_ready(Direction::Read));
    assert!(!readiness.observe().is_ready(Direction::Write));
}

#[test]
fn a_closed_direction_that_blocks_is_open_again() {
    let readiness = Readiness::new(Interest::NONE);
    announce(&readiness, Interest(READABLE | READ_CLOSED | WRITABLE));
    readiness.clear_blocked(readiness.observe(), Direction::Read);
    assert!(!readiness.observe().is_ready(Direction::Read));
    assert!(readiness.observe().is_ready(Direction::Write));
}

#[test]
fn all_who_wait_for_a_direction_are_woken_once() {
    let readiness = Readiness::new(Interest::NONE);
    let (left, left_waker) = counter();
    let (ticketed, ticketed_waker) = counter();
    let (writer, writer_waker) = counter();
    let mut ticket = None;
    for _ in 0..3 {
        let mut cx = Context::from_waker(&left_waker);
        assert!(readiness.poll_wait(Direction::Read, &mut cx).is_pending());
        let mut cx = Context::from_waker(&ticketed_waker);
        assert!(
            readiness
                .poll_wait_ticketed(Direction::Read, &mut ticket, &mut cx)
                .is_pending()
        );
    }
    assert!(
        readiness
            .poll_wait(Direction::Write, &mut Context::from_waker(&writer_waker))
            .is_pending()
    );
    announce(&readiness, Interest(READABLE));
    let woken = [&left, &ticketed, &writer].map(|counter| counter.0.load(Std::Relaxed));
    assert_eq!(woken, [1, 1, 0]);
    assert!(
        readiness
            .poll_wait(Direction::Read, &mut Context::from_waker(&left_waker))
            .is_ready()
    );
}

#[test]
fn a_retired_ticket_leaves_nothing() {
    let readiness = Readiness::new(Interest::NONE);
    let (counter, waker) = counter();
    let mut ticket = None;
    let mut cx = Context::from_waker(&waker);
    assert!(
        readiness
            .poll_wait_ticketed(Direction::Write, &mut ticket, &mut cx)
            .is_pending()
    );
    readiness.retire(Direction::Write, ticket.unwrap());
    drop(waker);
    assert_eq!(Arc::strong_count(&counter), 1);
}

#[test]
fn each_of_many_tickets_is_retired_alone() {
    let readiness = Readiness::new(Interest::NONE);
    let waiters: Vec<_> = (0..4).map(|_| counter()).collect();
    let mut tickets = [None; 4];
    for ((_, waker), ticket) in waiters.iter().zip(&mut tickets) {
        let mut cx = Context::from_waker(waker);
        let polled = readiness.poll_wait_ticketed(Direction::Read, ticket, &mut cx);
        assert!(polled.is_pending());
    }
    // The first one and another one go; the first place is taken again.
    for gone in [0, 2] {
        readiness.retire(Direction::Read, tickets[gone].unwrap());
    }
    let mut cx = Context::from_waker(&waiters[3].1);
    let polled = readiness.poll_wait_ticketed(Direction::Read, &mut tickets[3], &mut cx);
    assert!(polled.is_pending());
    announce(&readiness, Interest(READABLE));
    let woken: Vec<usize> = waiters
        .iter()
        .map(|(counter, _)| counter.0.load(Std::Relaxed))
        .collect();
    assert_eq!(woken, [0, 1, 0, 1]);
}

#[test]
fn wakers_of_the_gone_do_not_pile_up() {
    let readiness = Readiness::new(Interest::NONE);
    let mut gone = Vec::new();
    for _ in 0..if cfg!(miri) { 40 } else { 1_000 } {
        let (counter, waker) = counter();
        assert!(
            readiness
                .poll_wait(Direction::Read, &mut Context::from_waker(&waker))
                .is_pending()
        );
        gone.push(counter);
    }
    let n_kept = gone
        .iter()
        .filter(|counter| Arc::strong_count(counter) > 1)
        .count();
    assert!(n_kept < 600, "{n_kept}");
}
