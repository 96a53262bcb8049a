//! Edge case 10: `Group::current()`, an owned handle for code that sees no `group!`. The compiler
//! checks that nothing else outlives its group: `tests/ui/fail` has the refused programs.

use crate::drop_log::DropLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Sender, channel, oneshot};
use vthread::time::sleep;
use vthread::{CancelReason, Group, Outcome, OwnedGroup, Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// A library function that starts work on behalf of its caller.
#[vthread]
fn count_later(count: Arc<AtomicUsize>) -> Task<usize> {
    let g = Group::current();
    spawn!(g => {
        yield_now();
        count.fetch_add(1, Ordering::SeqCst)
    })
}

#[vthread]
fn in_a_body(count: &Arc<AtomicUsize>) {
    group! {
        count_later(count.clone());
        timeout!(LONG => { count_later(count.clone()); }).unwrap();
    }
}

#[vthread]
fn in_a_child(count: &Arc<AtomicUsize>) {
    group! {
        spawn! { count_later(count.clone()).join(); };
        spawn! {
            // From a closure, which is plain code.
            let start = || count_later(count.clone());
            start();
        };
    }
}

#[test]
fn case_10_children_of_the_innermost_group_are_joined_with_it() {
    let count = Arc::new(AtomicUsize::new(0));
    in_a_body(&count);
    assert_eq!(count.load(Ordering::SeqCst), 2);
    in_a_child(&count);
    assert_eq!(count.load(Ordering::SeqCst), 4);
    assert_eq!(Arc::strong_count(&count), 1);
}

#[vthread]
fn whose() -> Result<(), &'static str> {
    let (tell, told) = oneshot::<Task<()>>();
    let outer = group! {
        let inner: Result<(), &str> = group! {
            let g = Group::current();
            tell.send(spawn!(g => { sleep(LONG) })).unwrap();
            Err::<(), _>("inner")?;
        };
        assert_eq!(inner, Err("inner"));
        yield_now();
    };
    let outcome = told.recv().unwrap().outcome().unwrap();
    let Outcome::Cancelled(CancelReason::SiblingFailed(culprit)) = outcome else {
        panic!("{outcome}");
    };
    assert!(culprit.is_body());
    outer
}

#[test]
fn case_10_it_is_the_innermost_one() {
    assert_eq!(whose(), Ok(()));
}

/// Its children spawn siblings through the handle that they were given.
#[vthread]
fn siblings(n: usize, count: Arc<AtomicUsize>) {
    group! {
        let g = Group::current();
        spawn!(g => {
            for _ in 0..n {
                let count = count.clone();
                spawn!(g => {
                    yield_now();
                    count.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
    }
}

#[test]
fn case_10_children_spawn_siblings() {
    let count = Arc::new(AtomicUsize::new(0));
    siblings(50, count.clone());
    assert_eq!(count.load(Ordering::SeqCst), 50);
}

#[vthread]
fn handle_of_an_ended_group() -> OwnedGroup {
    group! {
        Group::current().clone()
    }
}

#[vthread]
fn spawn_into(g: &OwnedGroup, captured: &Arc<()>) -> Outcome {
    let captured = captured.clone();
    let task = spawn!(g => {
        let _captured = captured;
        unreachable!("nothing of it runs")
    });
    let _: &Task<()> = &task;
    task.outcome().unwrap()
}

#[test]
fn case_10_after_the_end_spawns_give_cancelled_tasks() {
    let g = handle_of_an_ended_group();
    let captured = Arc::new(());
    let ended = Outcome::Cancelled(CancelReason::GroupEnded);
    assert_eq!(spawn_into(&g, &captured), ended);
    assert_eq!(spawn_into(&g, &captured), ended);
    assert_eq!(Arc::strong_count(&captured), 1);
    // The handle can go anywhere.
    let other = std::thread::spawn(move || spawn_into(&g.clone(), &captured));
    assert_eq!(other.join().unwrap(), ended);
}

#[vthread]
fn captures_that_panic(g: &OwnedGroup, drop_log: &DropLog) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("bomb"));
        }
    }
    let bomb = Bomb;
    spawn!(g => { drop(bomb) });
    drop_log.note("went on");
}

#[test]
fn case_10_captures_that_panic_after_the_end_are_the_spawners() {
    let (g, drop_log) = (handle_of_an_ended_group(), DropLog::new());
    let run = std::panic::AssertUnwindSafe(|| captures_that_panic(&g, &drop_log));
    let payload = std::panic::catch_unwind(run).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "bomb");
    assert!(drop_log.trace().is_empty());
}

#[vthread]
fn handle_of_a_group_in_others() -> OwnedGroup {
    group!(name = "outer" => {
        let inner = timeout!(Duration::from_secs(600) => {
            group!(name = "inner" => { yield_now(); Group::current() })
        });
        inner.unwrap()
    })
}

/// What stood around the group is gone, so that the report of the panic does not look for it.
#[vthread]
fn late_child_panics(g: &OwnedGroup) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("after the end");
        }
    }
    let bomb = Bomb;
    spawn!(g => { drop(bomb) });
}

#[test]
fn case_10_a_panic_after_the_end_is_told() {
    let g = handle_of_a_group_in_others();
    let run = std::panic::AssertUnwindSafe(|| late_child_panics(&g));
    let payload = std::panic::catch_unwind(run).unwrap_err();
    assert_eq!(*payload.downcast::<&str>().unwrap(), "after the end");
}

/// Where there is no other group, the children are the process's: they outlive the call.
#[vthread]
fn no_group(tx: &Sender<&'static str>) -> [Task<()>; 2] {
    let (g, tx) = (Group::current(), tx.clone());
    let speaker = spawn!(g, name = "speaker" => { tx.send("alive").unwrap(); });
    let panics = spawn!(g => { panic!("of the process alone"); });
    [speaker, panics]
}

#[test]
fn case_10_the_outermost_group_is_the_process() {
    let (tx, rx) = channel(1);
    let [speaker, panics] = no_group(&tx);
    assert_eq!(rx.recv().block(), Ok("alive"));
    speaker.join().block();
    while panics.outcome().is_none() {
        std::thread::yield_now();
    }
    assert!(matches!(panics.outcome(), Some(Outcome::Panicked)));
    // That cancels nothing, and plain code finds the group too.
    let g = Group::current();
    assert_eq!(group_of_plain_code(&g), 7);
}

fn group_of_plain_code(g: &OwnedGroup) -> u32 {
    spawn!(g => { yield_now(); 7 }).join().block()
}

/// At the limit the spawn waits, as through any other handle.
#[vthread]
fn into_a_full_group(count: &Arc<AtomicUsize>) {
    group!(max_concurrency = 1 => {
        spawn! {
            for _ in 0..3 {
                count_later(count.clone());
            }
        };
    });
}

#[test]
fn case_10_a_limit_holds() {
    let count = Arc::new(AtomicUsize::new(0));
    into_a_full_group(&count);
    assert_eq!(count.load(Ordering::SeqCst), 3);
}
