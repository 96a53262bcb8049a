//! Edge case 34: a deadline takes effect at the next suspension point, even if no thread was free
//! to fire its timer.

use std::hint::spin_loop;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::Mutex;

/// Computes until long enough after the deadline that its tick has begun.
fn compute_past(deadline: Instant) {
    while Instant::now() < deadline + Duration::from_millis(1) {
        spin_loop();
    }
}

#[vthread]
fn in_place(duration: Duration) -> (bool, u32) {
    let n = Mutex::new(0);
    let deadline = Instant::now() + duration;
    let result = timeout!(deadline => {
        compute_past(deadline + duration);
        *n.lock() += 1;
    });
    (result.is_err(), n.into_inner())
}

#[vthread]
fn in_a_child(duration: Duration) -> (bool, u32) {
    let n = Mutex::new(0);
    let deadline = Instant::now() + duration;
    let result = timeout!(deadline => {
        group! {
            spawn! {
                compute_past(deadline + duration);
                *n.lock() += 1;
            };
        }
    });
    (result.is_err(), n.into_inner())
}

#[vthread]
fn of_the_outer_one(duration: Duration) -> (bool, u32) {
    let n = Mutex::new(0);
    let deadline = Instant::now() + duration;
    let result = timeout!(deadline => {
        let inner = timeout!(deadline + duration => {
            compute_past(deadline + 3 * duration);
            *n.lock() += 1;
        });
        *n.lock() += 2;
        inner
    });
    (result.is_err(), n.into_inner())
}

#[test]
fn case_34_a_deadline_that_passed_during_a_computation() {
    for millis in [1, 3, 20] {
        let duration = Duration::from_millis(millis);
        assert_eq!(in_place(duration), (true, 0));
        assert_eq!(in_a_child(duration), (true, 0));
        assert_eq!(of_the_outer_one(duration), (true, 0));
    }
}

#[vthread]
fn shielded(duration: Duration) -> u32 {
    let n = Mutex::new(0);
    let deadline = Instant::now() + duration;
    let _ = timeout!(deadline => {
        shield! {
            compute_past(deadline);
            *n.lock() += 1;
        }
        *n.lock() += 2;
    });
    n.into_inner()
}

#[test]
fn case_34_a_shield_keeps_it_off() {
    assert_eq!(shielded(Duration::from_millis(2)), 1);
}
