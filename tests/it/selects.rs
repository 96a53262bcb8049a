//! `select!` with guards, in order, and without waiting.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use vthread::prelude::*;
use vthread::sync::mpsc::RecvError;
use vthread::sync::{Receiver, channel, unbounded};
use vthread::time::{Duration, sleep};

#[vthread]
fn guarded(is_armed: bool, rx: &Receiver<u32>) -> Option<u32> {
    let long = Duration::from_secs(60);
    select! {
        message = rx.recv() => Some(message.unwrap()),
        _ = sleep(Duration::ZERO), if is_armed => None,
        _ = sleep(long), if !is_armed && rx.is_empty() => None,
    }
}

#[test]
fn a_branch_whose_guard_is_false_is_not_there() {
    let (tx, rx) = unbounded();
    assert_eq!(guarded(true, &rx), None);
    tx.try_send(1).unwrap();
    assert_eq!(guarded(false, &rx), Some(1));
}

/// Its body does not begin.
#[vthread]
fn all_guards_are_false(rx: &Receiver<u32>) -> &'static str {
    select! {
        _ = rx.recv(), if false => "received",
        _ = never(), if rx.len() > 1 => "began",
        else => "none is left",
    }
}

#[vthread]
fn never() {
    unreachable!("its guard is false");
}

#[test]
fn without_a_branch_there_is_else() {
    let (tx, rx) = unbounded();
    tx.try_send(1).unwrap();
    assert_eq!(all_guards_are_false(&rx), "none is left");
    assert_eq!(rx.len(), 1);
}

#[vthread]
fn in_order(first: &Receiver<u32>, second: &Receiver<u32>) -> Vec<u32> {
    let mut received = Vec::new();
    while received.len() < 20 {
        select! {
            biased;
            message = first.recv(), if !first.is_empty() => received.push(message.unwrap()),
            message = second.recv() => received.push(message.unwrap()),
        }
    }
    received
}

#[test]
fn biased_takes_the_first_that_is_ready() {
    let ((one, first), (other, second)) = (unbounded(), unbounded());
    for i in 0..10 {
        one.try_send(i).unwrap();
        other.try_send(10 + i).unwrap();
    }
    assert!(in_order(&first, &second).into_iter().eq(0..20));
}

#[vthread]
fn tries(rx: &Receiver<u32>, other: &Receiver<u32>) -> Option<u32> {
    select! {
        message = rx.recv() => Some(message.unwrap()),
        message = other.recv() => Some(message.unwrap()),
        default => None,
    }
}

#[test]
fn default_does_not_wait() {
    let ((one, first), (other, second)) = (unbounded(), unbounded());
    assert_eq!(tries(&first, &second), None);
    other.try_send(2).unwrap();
    assert_eq!(tries(&first, &second), Some(2));
    one.try_send(1).unwrap();
    other.try_send(2).unwrap();
    let mut both = [tries(&first, &second), tries(&first, &second)];
    both.sort_unstable();
    assert_eq!(both, [Some(1), Some(2)]);
    assert_eq!(tries(&first, &second), None);
}

/// A branch that gives way is not ready at once, however often it is polled.
#[vthread]
fn default_beside_what_gives_way() -> [u32; 2] {
    let gives_way_once = select! {
        _ = vthread::yield_now() => 1,
        default => 2,
    };
    let gives_way_always = select! {
        () = loop { vthread::yield_now() } => 1,
        default => 2,
    };
    [gives_way_once, gives_way_always]
}

#[test]
fn default_does_not_wait_for_what_gives_way() {
    assert_eq!(default_beside_what_gives_way(), [2, 2]);
}

/// A loop that does nothing but try, on the only worker that its peer has.
#[vthread]
fn tries_until(is_over: &AtomicBool) -> u32 {
    let mut n = 0;
    while !is_over.load(Ordering::Relaxed) {
        select! {
            _ = vthread::yield_now() => {}
            default => n += 1,
        }
    }
    n
}

#[vthread]
fn one_tries_the_other_ends() -> u32 {
    let is_over = AtomicBool::new(false);
    group! {
        let tries = spawn! { tries_until(&is_over) };
        spawn! {
            vthread::yield_now();
            is_over.store(true, Ordering::Relaxed);
        }
        tries.join()
    }
}

#[vthread::test(seed = 7)]
fn trying_without_a_pause_lets_others_run() {
    assert!(one_tries_the_other_ends() > 0);
}

/// Losers of a `default` are closed: their children have ended, and nothing of theirs is lost.
#[vthread]
fn losers_are_closed(rx: &Receiver<u32>) -> u32 {
    let mut n_ended = 0;
    select! {
        _ = counts_at_its_end(&mut n_ended) => {}
        _ = rx.recv() => {}
        default => {}
    }
    n_ended
}

#[vthread]
fn counts_at_its_end(n_ended: &mut u32) {
    defer! { *n_ended += 1; }
    group! {
        spawn! { sleep(Duration::from_secs(60)); }
        sleep(Duration::from_secs(60));
    }
}

#[test]
fn what_default_leaves_behind_has_ended() {
    let (tx, rx) = channel(1);
    assert!((0..50).all(|_| losers_are_closed(&rx) == 1));
    tx.try_send(7).unwrap();
    assert_eq!(rx.try_recv(), Ok(7));
}

/// A loop that tries, as a poller writes it: it gives way from time to time, and misses nothing.
#[vthread]
fn polls(n: u32) -> u32 {
    let (tx, rx) = channel(1);
    let mut n_received = 0;
    group! {
        spawn! {
            for i in 0..n {
                tx.send(i).unwrap();
            }
        }
        while n_received < n {
            select! {
                message = rx.recv() => {
                    assert_eq!(message, Ok(n_received));
                    n_received += 1;
                }
                default => vthread::yield_now(),
            }
        }
    }
    n_received
}

#[test]
fn a_poller_gets_all() {
    assert_eq!(polls(5_000), 5_000);
}

/// Runs all branches to their ends, beside one another in this vthread, so that nothing in them
/// need be `Send`: none has a value that its pattern takes.
#[vthread]
fn all(left: &Receiver<u32>, right: &Receiver<u32>) -> Result<(Rc<u32>, Rc<u32>), RecvError> {
    let (mut one, mut other) = (None, None);
    select! {
        Some(never) = { one = Some(Rc::new(left.recv()?)); None::<Infallible> } => match never {},
        Some(never) = { other = Some(Rc::new(right.recv()?)); None::<Infallible> } => match never {},
        else => Ok((one.unwrap(), other.unwrap())),
    }
}

#[test]
fn branches_without_send_all_run_to_their_ends() {
    let ((to_left, left), (to_right, right)) = (unbounded(), unbounded());
    to_right.try_send(2).unwrap();
    let sending = std::thread::spawn(move || to_left.try_send(1).unwrap());
    let (one, other) = all(&left, &right).unwrap();
    assert_eq!((*one, *other), (1, 2));
    sending.join().unwrap();
    // A branch that fails cancels the others, and leaves the function.
    drop(to_right);
    assert_eq!(all(&left, &right), Err(RecvError));
}
