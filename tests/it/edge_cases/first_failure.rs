//! Edge cases 1 and 5: which failure is the group's, and the fate of the others.

use std::collections::BTreeSet;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Barrier, oneshot};
use vthread::time::sleep;
use vthread::{CancelReason, Failures, Outcome, Task};

const LONG: Duration = Duration::from_secs(3600);

#[vthread]
fn child_then_body() -> Result<(), Failures<&'static str>> {
    let result: Result<(), Failures<&'static str>> = group!(error = &'static str, on_failure = collect => {
        let child = spawn! { Err::<(), _>("child")?; };
        shield! { assert_eq!(child.await, Err(Outcome::Failed)) }
        Err::<(), _>("body")?;
    });
    result
}

#[vthread]
fn body_then_child() -> Result<(), Failures<&'static str>> {
    let (ready, is_ready) = oneshot::<()>();
    let result: Result<(), Failures<&'static str>> = group!(error = &'static str, on_failure = collect => {
        let sleeper = spawn! { sleep(LONG) };
        spawn! {
            shield! {
                ready.send(()).unwrap();
                // Cancelled after the body's failure is recorded, and not before.
                assert!(matches!(sleeper.await, Err(Outcome::Cancelled(_))));
            }
            Err::<(), _>("child")?;
        }
        is_ready.recv().unwrap();
        Err::<(), _>("body")?;
    });
    result
}

#[test]
fn case_01_the_first_in_time_is_the_first_of_all() {
    let failures = child_then_body().unwrap_err();
    assert!(failures.iter().eq(&["child", "body"]), "{failures:?}");
    assert_eq!(failures.to_string(), "child (and 1 more failure)");
    let failures = body_then_child().unwrap_err();
    assert!(failures.iter().eq(&["body", "child"]), "{failures:?}");
    assert_eq!(failures.into_first(), "body");
}

#[vthread]
fn child_then_body_first_only() -> Result<(), &'static str> {
    group! {
        let child = spawn! { Err::<(), _>("child")?; };
        shield! { assert_eq!(child.await, Err(Outcome::Failed)) }
        Err::<(), _>("body")?;
    }
}

#[vthread]
fn body_then_child_first_only() -> Result<(), &'static str> {
    let (ready, is_ready) = oneshot::<()>();
    group! {
        let sleeper = spawn! { sleep(LONG) };
        spawn! {
            shield! {
                ready.send(()).unwrap();
                assert!(matches!(sleeper.await, Err(Outcome::Cancelled(_))));
            }
            Err::<(), _>("child")?;
        }
        is_ready.recv().unwrap();
        Err::<(), _>("body")?;
    }
}

#[test]
fn case_01_the_first_in_time_is_the_error() {
    assert_eq!(child_then_body_first_only(), Err("child"));
    assert_eq!(body_then_child_first_only(), Err("body"));
}

#[vthread]
fn one_failure() -> Result<(), Failures<String>> {
    let result: Result<(), Failures<String>> = group!(error = String, on_failure = collect => {
        spawn! { sleep(LONG) }
        spawn! { Err::<(), _>("only".to_owned())?; }
    });
    result
}

#[test]
fn case_01_one_failure_has_the_shape_of_many() {
    let failures = one_failure().unwrap_err();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures.to_string(), "only");
    assert_eq!(Vec::from_iter(failures), ["only"]);
}

/// All fail at once: each child's own number is its error and its name.
#[vthread]
fn at_once(n: usize) -> Result<(), usize> {
    let start = Barrier::new(n);
    let mut tasks: Vec<Task<()>> = Vec::new();
    let result: Result<(), usize> = group!(error = usize => {
        for i in 0..n {
            let task = spawn!(name = i.to_string() => {
                shield! { start.wait(); }
                Err::<(), usize>(i)?;
            });
            tasks.push(task);
        }
    });
    let first = result.unwrap_err();
    for (i, task) in tasks.iter().enumerate() {
        match task.outcome().unwrap() {
            Outcome::Failed => {}
            Outcome::Cancelled(CancelReason::SiblingFailed(culprit)) => {
                assert_ne!(i, first);
                assert_eq!(culprit.name(), Some(&*first.to_string()));
            }
            other => panic!("{i}: {other}"),
        }
    }
    assert_eq!(tasks[first].outcome(), Some(Outcome::Failed));
    Err(first)
}

#[test]
fn case_05_exactly_one_of_many_is_first() {
    for _ in 0..50 {
        assert!(at_once(16).unwrap_err() < 16);
    }
}

#[vthread]
fn collected_at_once(n: usize) -> Failures<usize> {
    let start = Barrier::new(n);
    let result: Result<(), Failures<usize>> = group!(error = usize, on_failure = collect => {
        for i in 0..n {
            spawn! {
                shield! { start.wait(); }
                Err::<(), usize>(i)?;
            }
        }
    });
    result.unwrap_err()
}

#[test]
fn case_05_each_of_many_is_recorded_once() {
    for _ in 0..50 {
        let failures = collected_at_once(16);
        assert_eq!(failures.iter().next(), Some(failures.first()));
        assert_eq!(failures.len(), 16);
        let all: BTreeSet<usize> = failures.into_iter().collect();
        assert!(all.into_iter().eq(0..16));
    }
}
