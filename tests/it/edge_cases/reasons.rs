//! Edge case 3: where several cancellations meet, each vthread gets the reason of its nearest
//! scope.

use std::hint;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Sender, channel};
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

#[track_caller]
fn cancelled(task: Task<()>) -> CancelReason {
    match task.outcome() {
        Some(Outcome::Cancelled(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A group is cancelled by its handle, which concerns its children, and then a child fails, which
/// concerns its body. The end of the grace goes through the shield in the body.
#[vthread]
fn cancelled_and_failed(
    inner: &Mutex<Option<Task<()>>>,
    grace: Duration,
) -> Result<(), &'static str> {
    let is_cancelled = AtomicBool::new(false);
    let (began, begun) = channel::<()>(1);
    group!(g, grace = grace => {
        spawn!(name = "culprit" => {
            began.send(()).unwrap();
            // No suspension point from here on, so that nothing keeps it from failing.
            while !is_cancelled.load(Ordering::Acquire) {
                hint::spin_loop();
            }
            Err::<(), _>("no")?;
        });
        begun.recv().unwrap();
        g.cancel();
        is_cancelled.store(true, Ordering::Release);
        shield! {
            group! {
                *inner.lock().unwrap() = Some(spawn! { sleep(LONG) });
            }
        }
    })
}

/// The grace may be over before the shield has begun: then the test tries a longer one.
#[test]
fn case_03_the_end_of_the_grace_tells_a_body_why_the_body_was_cancelled() {
    let graces = (0..8).map(|n| Duration::from_millis(100 << n));
    let mut tasks = graces.filter_map(|grace| {
        let inner = Mutex::new(None);
        assert_eq!(cancelled_and_failed(&inner, grace), Err("no"));
        inner.into_inner().unwrap()
    });
    let reason = cancelled(tasks.next().unwrap());
    let CancelReason::SiblingFailed(culprit) = &reason else {
        panic!("{reason}");
    };
    assert_eq!(culprit.name(), Some("culprit"));
}

/// The grace of the first cancellation, which concerns the children, is over before its timer is
/// stored. The second one, which concerns the body, has a grace of its own.
#[vthread]
fn cancelled_and_failed_without_grace() -> Result<(), &'static str> {
    let is_cancelled = AtomicBool::new(false);
    let (began, begun) = channel::<()>(1);
    group!(g, grace = Duration::ZERO => {
        spawn! {
            began.send(()).unwrap();
            while !is_cancelled.load(Ordering::Acquire) {
                hint::spin_loop();
            }
            Err::<(), _>("no")?;
        };
        begun.recv().unwrap();
        g.cancel();
        is_cancelled.store(true, Ordering::Release);
        shield! { sleep(LONG); }
    })
}

#[test]
fn case_03_a_grace_that_is_over_at_once_leaves_the_next_one_alone() {
    assert_eq!(cancelled_and_failed_without_grace(), Err("no"));
}

/// Enough children that marking them takes a while.
const MANY: usize = 20_000;

/// Returns as soon as the vthread above it is marked, without waiting for a wake.
fn until_marked() {
    let spin = || {
        loop {
            yield_now();
        }
    };
    catch_unwind(spin).unwrap_err();
}

/// A group with a child, and in its body another group, which fails as soon as the marking has
/// begun.
#[vthread]
fn around_a_failure(child: &Mutex<Option<Task<()>>>, ready: &Sender<()>) {
    group! {
        *child.lock().unwrap() = Some(spawn! { sleep(LONG) });
        let _: Result<(), &str> = group!(error = &'static str => {
            ready.send(()).unwrap();
            until_marked();
            Err::<(), _>("no")?;
        });
        sleep(LONG);
    }
}

/// The children are marked from the newest on, and then the scopes that are open in them.
#[vthread]
fn among_many(child: &Mutex<Option<Task<()>>>, ready: &Sender<()>) {
    group! {
        for _ in 0..MANY {
            spawn! { sleep(LONG) };
        }
        spawn! { around_a_failure(child, ready) };
        sleep(LONG);
    }
}

/// While one cancellation marks the children, and has reached the child of `around_a_failure` but
/// not yet the group in it, a failure below that group begins another, which reaches the group
/// first.
#[vthread]
fn overtaken(child: &Mutex<Option<Task<()>>>) {
    let (ready, is_ready) = channel::<()>(1);
    group! {
        let all = spawn! { among_many(child, &ready) };
        is_ready.recv().unwrap();
        all.cancel();
    }
}

#[test]
fn case_03_a_failure_further_in_does_not_pass_for_the_reason() {
    let child = Mutex::new(None);
    overtaken(&child);
    let reason = cancelled(child.into_inner().unwrap().unwrap());
    assert_eq!(reason, CancelReason::TaskCancelled);
}
