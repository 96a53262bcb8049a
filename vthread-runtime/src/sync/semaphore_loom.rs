//! The semaphore under every schedule.

use super::*;
use crate::primitive::{Arc, block_on, thread};
use std::future::poll_fn;
use std::pin::pin;

fn acquire(semaphore: &Semaphore, n: usize) -> Permit<'_> {
    block_on(pin!(Acquire::new(semaphore, n)))
}

/// Polls `n_polls` times, and goes away, with the permit if it came.
fn acquire_or_go(semaphore: &Semaphore, n: usize, n_polls: usize) {
    let mut frame = pin!(Acquire::new(semaphore, n));
    let mut polls_left = n_polls;
    block_on(poll_fn(|cx| {
        polls_left -= 1;
        match frame.as_mut().poll(cx) {
            Poll::Pending if polls_left > 0 => Poll::Pending,
            polled => Poll::Ready(drop(polled)),
        }
    }))
}

fn check_whole(semaphore: &Semaphore, n: usize) {
    let state = semaphore.locked.lock();
    assert_eq!((state.n_available, state.n_total), (n, n));
    assert!(state.waiters.is_empty());
}

#[test]
fn loom_semaphore_all_are_served() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = {
            let semaphore = semaphore.clone();
            thread::spawn(move || drop(acquire(&semaphore, 1)))
        };
        drop(acquire(&semaphore, 1));
        other.join().unwrap();
        check_whole(&semaphore, 1);
    });
}

/// Permits come just as one waiter goes away, before one that stays.
#[test]
fn loom_semaphore_permits_of_a_leaving_waiter_are_passed_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let semaphore = Arc::new(Semaphore::new(0));
        let goer = {
            let semaphore = semaphore.clone();
            thread::spawn(move || acquire_or_go(&semaphore, 1, 1))
        };
        let giver = {
            let semaphore = semaphore.clone();
            thread::spawn(move || semaphore.add_permits(1))
        };
        drop(acquire(&semaphore, 1));
        goer.join().unwrap();
        giver.join().unwrap();
        check_whole(&semaphore, 1);
    });
}

/// A waiter for more than there is goes away, before one for less.
#[test]
fn loom_semaphore_a_leaving_waiter_is_not_in_the_way() {
    loom::model(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let goer = {
            let semaphore = semaphore.clone();
            thread::spawn(move || acquire_or_go(&semaphore, 2, 1))
        };
        drop(acquire(&semaphore, 1));
        goer.join().unwrap();
        check_whole(&semaphore, 1);
    });
}
