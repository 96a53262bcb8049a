//! Edge case 31: `catch_unwind!`, a body whose panics end there.

// The programs are written as users may write them.
#![allow(clippy::never_loop)]

use crate::drop_log::DropLog;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

fn boom() -> ! {
    resume_unwind(Box::new("boom"))
}

fn message(payload: Box<dyn std::any::Any + Send>) -> &'static str {
    *payload.downcast::<&'static str>().expect("ours")
}

/// It suspends, and borrows its surroundings.
#[vthread]
fn value_or_panic(panics: bool, log: &mut Vec<u32>) -> std::thread::Result<u32> {
    catch_unwind! {
        log.push(1);
        yield_now();
        if panics {
            boom();
        }
        log.push(2);
        7
    }
}

#[test]
fn r20_gives_the_value_or_the_payload() {
    let mut log = Vec::new();
    assert_eq!(value_or_panic(false, &mut log).unwrap(), 7);
    assert_eq!(message(value_or_panic(true, &mut log).unwrap_err()), "boom");
    assert_eq!(log, [1, 2, 1]);
}

/// In plain code it blocks.
#[test]
fn r20_in_plain_code() {
    let caught: std::thread::Result<u32> = vthread::catch_unwind! { yield_now(); 3 };
    assert_eq!(caught.unwrap(), 3);
    let caught: std::thread::Result<()> = vthread::catch_unwind! { sleep(SHORT); boom() };
    assert_eq!(message(caught.unwrap_err()), "boom");
}

/// Everything opened inside has closed when the panic arrives: children first.
#[vthread]
fn joins(drop_log: &DropLog) -> Result<(), &'static str> {
    let caught = catch_unwind! {
        let _body = drop_log.object("body");
        group! {
            spawn! {
                let _sibling = drop_log.object("sibling");
                sleep(LONG);
            };
            yield_now();
            spawn! { boom() };
            sleep(LONG);
        }?;
        drop_log.note("went on");
    };
    drop_log.note(message(caught.unwrap_err()));
    Ok(())
}

#[vthread::test(seeds = 20)]
fn r20_groups_inside_are_joined_first() {
    let drop_log = DropLog::new();
    joins(&drop_log).unwrap();
    let trace = drop_log.trace();
    assert_eq!(trace[trace.len() - 2..], ["body", "boom"], "{trace:?}");
    assert_eq!(drop_log.alive(), 0);
}

/// Cancellation of the surrounding scope is not a panic.
#[vthread]
fn times_out(drop_log: &DropLog) {
    let result = timeout!(SHORT => {
        let caught = catch_unwind! {
            let _body = drop_log.object("body");
            sleep(LONG);
        };
        drop_log.note(format!("went on: {}", caught.is_ok()));
    });
    drop_log.note(format!("elapsed: {}", result.is_err()));
}

/// Nor is the cancellation of a blocking call below a plain frame.
#[vthread]
fn times_out_below_a_closure(drop_log: &DropLog) {
    let result = timeout!(SHORT => {
        let caught = catch_unwind! {
            let _body = drop_log.object("body");
            (|| sleep(LONG))();
        };
        drop_log.note(format!("went on: {}", caught.is_ok()));
    });
    drop_log.note(format!("elapsed: {}", result.is_err()));
}

/// Nor is the second mark, which shields do not stop.
#[vthread]
fn grace_is_over(drop_log: &DropLog) {
    group!(grace = SHORT => {
        let (tx, rx) = channel::<()>(1);
        let child = spawn! {
            shield! {
                let caught = catch_unwind! {
                    let _body = drop_log.object("body");
                    tx.send(()).unwrap();
                    sleep(LONG);
                };
                drop_log.note(format!("went on: {}", caught.is_ok()));
            }
        };
        rx.recv().unwrap();
        child.cancel();
        let end = child.await;
        let reason = Outcome::Cancelled(CancelReason::TaskCancelled);
        drop_log.note(format!("elapsed: {}", end == Err(reason)));
    });
}

#[vthread::test(virtual_time)]
fn r20_cancellation_passes_through() {
    for run in [times_out, times_out_below_a_closure, grace_is_over] {
        let drop_log = DropLog::new();
        run(&drop_log);
        assert_eq!(drop_log.trace(), ["body", "elapsed: true"]);
    }
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        boom();
    }
}

/// A destructor that panics while the body is cancelled: no code after it runs, and no panic is
/// lost.
#[vthread]
fn panics_on_the_way(drop_log: &DropLog) {
    let _ = timeout!(SHORT => {
        let caught = catch_unwind! {
            let _bomb = Bomb;
            sleep(LONG);
        };
        drop_log.note(format!("went on: {}", caught.is_ok()));
    });
    drop_log.note("went on");
}

#[vthread::test(virtual_time)]
fn r20_a_panic_while_it_is_cancelled_goes_on() {
    let drop_log = DropLog::new();
    let caught = catch_unwind(AssertUnwindSafe(|| panics_on_the_way(&drop_log)));
    assert_eq!(message(caught.unwrap_err()), "boom");
    assert!(drop_log.trace().is_empty());
}

/// A destructor that panics when the body has a value is caught.
#[vthread]
fn panics_at_the_end() -> std::thread::Result<u32> {
    catch_unwind! {
        let _bomb = Bomb;
        7
    }
}

#[test]
fn r20_destructors_at_its_end() {
    assert_eq!(message(panics_at_the_end().unwrap_err()), "boom");
}

#[vthread]
fn ways_out(which: u32) -> Result<u32, &'static str> {
    let mut turns = 0;
    let value = 'outer: loop {
        loop {
            turns += 1;
            let caught = catch_unwind! {
                yield_now();
                match which {
                    0 => Err::<u32, _>("question mark")?,
                    1 => return Ok(10),
                    2 => break 'outer 20,
                    3 if turns < 3 => continue,
                    3 => break,
                    _ => 40,
                }
            };
            return Ok(caught.unwrap());
        }
        break turns;
    };
    Ok(value)
}

/// In a function that does not return a `Result`.
#[vthread]
fn early(leaves: bool) -> Option<u32> {
    let caught = catch_unwind! {
        yield_now();
        let n = (!leaves).then_some(1)?;
        n + 1
    };
    caught.ok()
}

#[test]
fn r20_ways_out_are_those_of_a_block() {
    assert_eq!(ways_out(0), Err("question mark"));
    assert_eq!(ways_out(1), Ok(10));
    assert_eq!(ways_out(2), Ok(20));
    assert_eq!(ways_out(3), Ok(3));
    assert_eq!(ways_out(4), Ok(40));
    assert_eq!(early(true), None);
    assert_eq!(early(false), Some(2));
}

/// Children that it spawns into the outer group do not belong to it: they outlive it, and their
/// panics are the group's.
#[vthread]
fn not_its_own(drop_log: &DropLog) {
    group!(g => {
        let (tx, rx) = channel::<()>(1);
        let caught = catch_unwind! {
            spawn!(g => {
                rx.recv().unwrap();
                drop_log.note("child");
                boom();
            });
            boom();
        };
        assert_eq!(message(caught.unwrap_err()), "boom");
        drop_log.note("caught");
        tx.send(()).unwrap();
        sleep(LONG);
    });
}

#[test]
fn r20_children_of_groups_around_are_not_its_own() {
    let drop_log = DropLog::new();
    let caught = catch_unwind(AssertUnwindSafe(|| not_its_own(&drop_log)));
    assert_eq!(message(caught.unwrap_err()), "boom");
    assert_eq!(drop_log.trace(), ["caught", "child"]);
}

#[vthread]
fn handle(n: u32, done: &Mutex<Vec<u32>>) {
    yield_now();
    if n == 1 {
        boom();
    }
    sleep(SHORT);
    done.lock().push(n);
}

/// A handler that panics does not end the server, and no handler has an OS thread to itself.
#[vthread]
fn serve(done: &Mutex<Vec<u32>>) -> u32 {
    let failed = Mutex::new(0);
    group! {
        for n in 0..4 {
            spawn! {
                if catch_unwind! { handle(n, done) }.is_err() {
                    *failed.lock() += 1;
                }
            }
        }
    }
    failed.into_inner()
}

#[vthread::test(seeds = 10)]
fn r20_a_handler_that_panics_ends_no_other() {
    let done = Mutex::new(Vec::new());
    assert_eq!(serve(&done), 1);
    let mut done = done.into_inner();
    done.sort();
    assert_eq!(done, [0, 2, 3]);
}
