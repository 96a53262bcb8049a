//! Edge case 2: a panic outranks errors, and resumes in the parent with its own payload.

use crate::drop_log::DropLog;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::Outcome;
use vthread::prelude::*;
use vthread::sync::oneshot;
use vthread::time::sleep;

const LONG: Duration = Duration::from_secs(3600);

/// Panics without a message.
fn throw(payload: u32) {
    resume_unwind(Box::new(payload));
}

fn caught<R: std::fmt::Debug>(code: impl FnOnce() -> R) -> u32 {
    *catch_unwind(AssertUnwindSafe(code))
        .unwrap_err()
        .downcast()
        .unwrap()
}

#[vthread]
fn error_then_panic(drop_log: &DropLog) -> Result<(), &'static str> {
    let (ready, is_ready) = oneshot::<()>();
    let _outside = drop_log.object("outside");
    group! {
        let object = drop_log.object("sleeper");
        spawn! {
            let _object = object;
            sleep(LONG);
        }
        let fails = spawn! {
            is_ready.recv().unwrap();
            Err::<(), _>("error")?;
        };
        let object = drop_log.object("panics");
        spawn! {
            let _object = object;
            shield! {
                ready.send(()).unwrap();
                assert_eq!(fails.await, Err(Outcome::Failed));
            }
            throw(7);
        }
    }
}

#[test]
fn case_02_a_panic_outranks_an_earlier_error_and_all_are_joined_first() {
    let drop_log = DropLog::new();
    assert_eq!(caught(|| error_then_panic(&drop_log)), 7);
    drop_log.all_before(&["sleeper", "panics"], "outside");
}

#[vthread]
fn two_panics(body_panics: bool) {
    let (ready, is_ready) = oneshot::<()>();
    group! {
        let first = spawn! {
            is_ready.recv().unwrap();
            throw(1);
        };
        let second = move || throw(2);
        if body_panics {
            shield! {
                ready.send(()).unwrap();
                assert_eq!(first.await, Err(Outcome::Panicked));
            }
            second();
        } else {
            spawn! {
                shield! {
                    ready.send(()).unwrap();
                    assert_eq!(first.await, Err(Outcome::Panicked));
                }
                second();
            };
        }
    }
}

#[test]
fn case_02_the_first_of_two_panics_resumes() {
    assert_eq!(caught(|| two_panics(false)), 1);
    assert_eq!(caught(|| two_panics(true)), 1);
}

#[vthread]
fn kept(drop_log: &DropLog) -> Result<(), u32> {
    group!(on_failure = keep => {
        let object = drop_log.object("sleeper");
        spawn! {
            let _object = object;
            sleep(LONG);
        };
        spawn! { throw(3) };
    })
}

#[test]
fn case_02_a_panic_cancels_also_where_failures_do_not() {
    let drop_log = DropLog::new();
    assert_eq!(caught(|| kept(&drop_log)), 3);
    assert_eq!(drop_log.alive(), 0);
}

#[vthread]
fn through_levels(depth: usize) {
    if depth == 0 {
        throw(4);
    }
    group! {
        let task = spawn! { through_levels(depth - 1) };
        task.join();
    }
}

#[test]
fn case_02_a_panic_climbs_through_groups() {
    assert_eq!(caught(|| through_levels(10)), 4);
}
