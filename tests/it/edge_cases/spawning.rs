//! Edge cases 6 and 8: spawns into cancelled groups, and into the groups of ancestors.

use crate::drop_log::DropLog;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel, oneshot};
use vthread::time::sleep;
use vthread::{CancelReason, Group, Outcome, Task};

const LONG: Duration = Duration::from_secs(3600);

/// A child that owns an object, and would note that it has run.
#[vthread]
fn spawn_one<'scope>(g: &Group<'scope, &'static str>, drop_log: &'scope DropLog) -> Task<()> {
    let object = drop_log.object("captures");
    spawn!(g => {
        let _object = object;
        drop_log.note("ran");
    })
}

#[track_caller]
fn is_stillborn(task: &Task<()>, drop_log: &DropLog, why: &dyn Fn(&CancelReason) -> bool) {
    match task.outcome() {
        Some(Outcome::Cancelled(reason)) => assert!(why(&reason), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(drop_log.trace(), ["captures"]);
    assert_eq!(drop_log.alive(), 0);
}

fn a_failure(reason: &CancelReason) -> bool {
    matches!(reason, CancelReason::SiblingFailed(_))
}

#[vthread]
fn after_group_cancel(drop_log: &DropLog) -> Result<(), &'static str> {
    group!(g => {
        g.cancel();
        let task = spawn_one(g, drop_log);
        is_stillborn(&task, drop_log, &|reason| *reason == CancelReason::GroupCancelled);
    })
}

#[test]
fn case_06_after_group_cancel() {
    assert_eq!(after_group_cancel(&DropLog::new()), Ok(()));
}

#[vthread]
fn in_a_shield(drop_log: &DropLog) -> Result<(), &'static str> {
    group!(g => {
        let fails = spawn! { Err::<(), _>("first")?; };
        shield! {
            assert_eq!(fails.await, Err(Outcome::Failed));
            let task = spawn_one(g, drop_log);
            is_stillborn(&task, drop_log, &a_failure);
        }
        drop_log.note("unreachable after this");
        spawn! { drop_log.note("ran") };
        drop_log.note("went on");
    })
}

#[test]
fn case_06_in_a_shield_and_the_next_spawn_ends_the_body() {
    let drop_log = DropLog::new();
    assert_eq!(in_a_shield(&drop_log), Err("first"));
    assert_eq!(drop_log.trace(), ["captures", "unreachable after this"]);
}

#[vthread]
fn in_a_defer(drop_log: &DropLog) -> Result<(), &'static str> {
    group!(g => {
        defer! {
            let task = spawn_one(g, drop_log);
            is_stillborn(&task, drop_log, &a_failure);
            drop_log.note("cleanup");
        }
        spawn! { Err::<(), _>("first")?; };
        sleep(LONG);
    })
}

#[test]
fn case_06_in_a_defer() {
    let drop_log = DropLog::new();
    assert_eq!(in_a_defer(&drop_log), Err("first"));
    assert_eq!(drop_log.trace(), ["captures", "cleanup"]);
}

/// The spawner is covered by a shield further out.
#[vthread]
fn from_a_grandchild(drop_log: &DropLog) -> Result<(), &'static str> {
    let (covered, is_covered) = oneshot::<()>();
    group!(g => {
        let fails = spawn! {
            is_covered.recv().unwrap();
            Err::<(), _>("first")?;
        };
        spawn! {
            shield! {
                covered.send(()).unwrap();
                assert_eq!(fails.await, Err(Outcome::Failed));
                group! {
                    spawn! {
                        let task = spawn_one(g, drop_log);
                        is_stillborn(&task, drop_log, &a_failure);
                        drop_log.note("went on");
                    };
                }?;
            }
        };
        sleep(LONG);
    })
}

#[test]
fn case_06_through_g_from_a_vthread_that_is_not_cancelled() {
    let drop_log = DropLog::new();
    assert_eq!(from_a_grandchild(&drop_log), Err("first"));
    assert_eq!(drop_log.trace(), ["captures", "went on"]);
}

/// A refused child's captures panic when they are dropped: that is the group's panic.
#[vthread]
fn captures_that_panic() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("bomb"));
        }
    }
    group!(g => {
        g.cancel();
        let bomb = Bomb;
        let task = spawn!(g => { drop(bomb) });
        assert_eq!(task.outcome(), Some(Outcome::Panicked));
    })
}

#[test]
fn case_06_captures_that_panic() {
    let payload = std::panic::catch_unwind(captures_that_panic).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "bomb");
}

/// The child spawns a sibling through `g` and ends; the sibling continues.
#[vthread]
fn outlives_its_spawner(trace: &Mutex<Vec<&'static str>>) {
    let (ended, has_ended) = oneshot::<()>();
    group!(g => {
        let spawner = spawn! {
            spawn!(g => {
                has_ended.recv().unwrap();
                trace.lock().push("sibling");
            });
        };
        spawner.join();
        trace.lock().push("spawner ended");
        ended.send(()).unwrap();
    });
    trace.lock().push("group ended");
}

#[test]
fn case_08_a_child_outlives_the_vthread_that_spawned_it() {
    let trace = Mutex::new(Vec::new());
    outlives_its_spawner(&trace);
    assert_eq!(
        trace.into_inner(),
        ["spawner ended", "sibling", "group ended"]
    );
}

#[vthread]
fn tree<'scope>(g: &Group<'scope, &'static str>, count: &'scope Mutex<usize>, depth: usize) {
    *count.lock() += 1;
    if depth > 0 {
        for _ in 0..2 {
            spawn!(g => { tree(g, count, depth - 1) });
        }
    }
}

#[vthread]
fn in_parallel(count: &Mutex<usize>, depth: usize) -> Result<(), &'static str> {
    group!(g => {
        spawn! { tree(g, count, depth) };
    })
}

#[test]
fn case_08_from_any_child_in_parallel() {
    let count = Mutex::new(0);
    assert_eq!(in_parallel(&count, 10), Ok(()));
    assert_eq!(count.into_inner(), (1 << 11) - 1);
}

/// It belongs to the ancestor's group: the failure of the group in between does not affect it.
#[vthread]
fn belongs_to_the_ancestor() -> Result<u32, &'static str> {
    let (release, released) = channel::<()>(1);
    let (tasks, task) = channel::<Task<u32>>(1);
    group!(g => {
        let inner: Result<(), &str> = group! {
            spawn! {
                tasks.send(spawn!(g => {
                    released.recv().unwrap();
                    7
                })).unwrap();
                Err::<(), _>("inner")?;
            };
        };
        assert_eq!(inner, Err("inner"));
        release.send(()).unwrap();
        task.recv().unwrap().join()
    })
}

#[test]
fn case_08_the_child_belongs_to_the_group_it_was_spawned_into() {
    assert_eq!(belongs_to_the_ancestor(), Ok(7));
}
