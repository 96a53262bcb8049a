//! Edge case 33: a cancellation that plain code has swallowed still takes effect.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, is_cancellation, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// Plain code that catches all panics of its callback, and calls it again.
fn survive(times: u32, callback: impl Fn()) -> u32 {
    for _ in 0..times {
        let caught = catch_unwind(AssertUnwindSafe(&callback));
        assert!(is_cancellation(&*caught.unwrap_err()));
    }
    times
}

#[vthread]
fn in_time() -> Result<u32, vthread::time::Elapsed> {
    timeout!(SHORT => survive(3, || sleep(LONG)))
}

#[vthread]
fn further_in() -> Result<u32, vthread::time::Elapsed> {
    timeout!(SHORT => {
        // This is not its own mark: it may end in any way.
        let inner = timeout!(LONG => survive(2, || sleep(LONG)));
        inner.unwrap()
    })
}

#[vthread::test(virtual_time)]
fn r08_a_timeout_elapses() {
    assert!(in_time().is_err());
    assert!(further_in().is_err());
}

/// The child has a value, which is dropped with it.
#[vthread]
fn child(value_is_gone: &std::sync::atomic::AtomicBool) -> Option<Outcome> {
    struct Value<'a>(&'a std::sync::atomic::AtomicBool);
    impl Drop for Value<'_> {
        fn drop(&mut self) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let (tx, rx) = channel::<()>(1);
    let task = group! {
        let task = spawn! {
            let value = Value(value_is_gone);
            let ready = || tx.send(()).unwrap();
            ready();
            survive(1, || sleep(LONG));
            value
        };
        rx.recv().unwrap();
        task.cancel();
        task
    };
    task.outcome()
}

#[test]
fn r08_a_child_is_cancelled() {
    let value_is_gone = Default::default();
    let reason = CancelReason::TaskCancelled;
    assert_eq!(child(&value_is_gone), Some(Outcome::Cancelled(reason)));
    assert!(value_is_gone.into_inner());
}

/// Its error comes from its cancellation, and is not a failure of the group.
#[vthread]
fn late_error() -> Result<(), &'static str> {
    let (tx, rx) = channel::<()>(1);
    group! {
        spawn! {
            let ready = || tx.send(()).unwrap();
            ready();
            survive(1, || sleep(LONG));
            Err::<(), _>("late")?;
        }
        rx.recv().unwrap();
        Err::<(), _>("first")?;
    }
}

/// The same in a body.
#[vthread]
fn body() -> Result<u32, &'static str> {
    let (tx, rx) = channel::<()>(1);
    group! {
        spawn! {
            rx.recv().unwrap();
            Err::<(), _>("first")?;
        }
        let ready = || tx.send(()).unwrap();
        ready();
        survive(2, || sleep(LONG))
    }
}

/// A panic is never lost.
#[vthread]
fn late_panic() -> Result<(), &'static str> {
    let (tx, rx) = channel::<()>(1);
    group! {
        spawn! {
            let ready = || tx.send(()).unwrap();
            ready();
            survive(1, || sleep(LONG));
            resume_unwind(Box::new("panic"));
        }
        rx.recv().unwrap();
        Err::<(), _>("first")?;
    }
}

#[test]
fn r08_no_value_and_no_error() {
    assert_eq!(late_error(), Err("first"));
    assert_eq!(body(), Err("first"));
    let payload = catch_unwind(late_panic).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "panic");
}

/// A service fails after it was cancelled, since all others have ended.
#[vthread]
fn late_service() -> Result<u32, &'static str> {
    let (tx, rx) = channel::<()>(1);
    group! {
        spawn!(service => {
            let ready = || tx.send(()).unwrap();
            ready();
            survive(1, || sleep(LONG));
            Err::<(), _>("late")?;
        });
        rx.recv().unwrap();
        7
    }
}

/// A child fails after it alone was cancelled: nothing of the group is.
#[vthread]
fn late_child(how: u32) -> Result<u32, &'static str> {
    let (tx, rx) = channel::<()>(1);
    group! {
        let sibling = spawn! { sleep(SHORT); 7 };
        let task = spawn! {
            let ready = || tx.send(()).unwrap();
            ready();
            survive(1, || sleep(LONG));
            match how {
                0 => return Err("late"),
                1 => Err::<(), _>("late")?,
                _ => {}
            }
            Err::<(), _>("late")
        };
        rx.recv().unwrap();
        task.cancel();
        sibling.join()
    }
}

#[vthread::test(virtual_time)]
fn r08_a_failure_after_a_swallowed_cancellation_is_none() {
    assert_eq!(late_service(), Ok(7));
    for how in 0..3 {
        assert_eq!(late_child(how), Ok(7));
    }
}

/// A guard that tells the two apart lets the cancellation continue.
#[vthread]
fn polite(n_panics: &std::sync::atomic::AtomicU32) -> Result<(), vthread::time::Elapsed> {
    let step = |n: u32| match n {
        0 => resume_unwind(Box::new("a bug")),
        _ => sleep(LONG),
    };
    timeout!(SHORT => {
        (0..1000).for_each(|n| {
            let Err(payload) = catch_unwind(|| step(n)) else { return };
            if is_cancellation(&payload) {
                resume_unwind(payload);
            }
            n_panics.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
    })
}

#[vthread::test(virtual_time)]
fn r08_is_cancellation_tells_it_from_a_panic() {
    let n_panics = Default::default();
    assert!(polite(&n_panics).is_err());
    assert_eq!(n_panics.into_inner(), 1);
    let panic: Box<dyn Any + Send> = Box::new("a panic");
    assert!(!is_cancellation(&panic));
    assert!(!is_cancellation(&*panic));
    yield_now();
}
