//! The barrier under every schedule.

use super::*;
use crate::primitive::{Arc, block_on, thread};
use std::task::Poll;

/// Lets one wait, for at most `n_polls` polls. None: it has gone away before the barrier opened.
fn wait_or_go(barrier: &Barrier, n_polls: usize) -> Option<bool> {
    let mut frame = pin!(barrier.waiting());
    let mut polls_left = n_polls;
    block_on(poll_fn(|cx| {
        polls_left -= 1;
        match frame.as_mut().poll(cx) {
            Poll::Ready(result) => Poll::Ready(Some(result.is_leader)),
            Poll::Pending if polls_left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }))
}

#[test]
fn loom_barrier_both_pass_and_one_leads() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = {
            let barrier = barrier.clone();
            thread::spawn(move || wait_or_go(&barrier, usize::MAX))
        };
        let own = wait_or_go(&barrier, usize::MAX);
        let other = other.join().unwrap();
        assert!(own.unwrap() != other.unwrap());
    });
}

/// One goes away just as another arrives: it counts, or it does not, and then it leaves nothing
/// behind.
#[test]
fn loom_barrier_a_waiter_that_leaves_has_not_arrived() {
    loom::model(|| {
        let barrier = Arc::new(Barrier::new(2));
        let goer = {
            let barrier = barrier.clone();
            thread::spawn(move || wait_or_go(&barrier, 1))
        };
        let own = wait_or_go(&barrier, 1);
        let gone = goer.join().unwrap();
        // A waiter that did not pass may still have been counted by one that did.
        assert!(own != Some(true) || gone != Some(true));
        let state = barrier.locked.lock();
        assert_eq!(state.n_arrived, 0);
        assert!(state.waiters.is_empty());
    });
}
