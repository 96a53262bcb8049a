//! Edge case 7: `spawn!` into a group at its limit.

use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Barrier, Mutex, channel, oneshot};
use vthread::time::sleep;
use vthread::{Group, yield_now};

const LONG: Duration = Duration::from_secs(3600);

#[vthread]
fn waits_for_an_end(trace: &Mutex<Vec<&'static str>>) {
    let (release, released) = oneshot::<()>();
    group! {
        spawn! {
            group!(max_concurrency = 1 => {
                spawn! {
                    released.recv().unwrap();
                    trace.lock().push("first ends");
                };
                trace.lock().push("first spawned");
                spawn! { trace.lock().push("second runs"); };
            });
        };
        while trace.lock().is_empty() {
            yield_now();
        }
        trace.lock().push("released");
        release.send(()).unwrap();
    }
}

#[test]
fn case_07_spawn_suspends_until_a_child_ends() {
    let trace = Mutex::new(Vec::new());
    waits_for_an_end(&trace);
    assert_eq!(
        trace.into_inner(),
        ["first spawned", "released", "first ends", "second runs"]
    );
}

#[vthread]
fn woken_by_a_failure() -> Result<(), &'static str> {
    let (waits, body_waits) = oneshot::<()>();
    group!(max_concurrency = 2 => {
        spawn! { sleep(LONG) };
        spawn! {
            body_waits.recv().unwrap();
            Err::<(), _>("first")?;
        };
        waits.send(()).unwrap();
        // A place becomes free only by the failure, which ends the body here.
        spawn! { sleep(LONG) };
        unreachable!();
    })
}

#[test]
fn case_07_a_wait_for_room_ends_at_once_when_the_group_is_cancelled() {
    for _ in 0..100 {
        assert_eq!(woken_by_a_failure(), Err("first"));
    }
}

/// The largest number of children that run between their suspension points.
#[derive(Default)]
struct Peak(Mutex<(usize, usize)>);

#[vthread]
impl Peak {
    fn enter(&self) {
        let mut now = self.0.lock();
        now.0 += 1;
        now.1 = now.1.max(now.0);
    }
    fn leave(&self) {
        self.0.lock().0 -= 1;
    }
}

/// A tree whose nodes are all children of one limited group.
#[vthread]
fn node<'scope>(
    g: &Group<'scope, String>,
    depth: usize,
    count: &'scope Mutex<usize>,
    peak: &'scope Peak,
) {
    peak.enter();
    yield_now();
    *count.lock() += 1;
    peak.leave();
    if depth > 0 {
        for _ in 0..2 {
            spawn!(g => { node(g, depth - 1, count, peak) });
            // Back from a spawn, which gave its place away, this child has a place again.
            peak.enter();
            yield_now();
            peak.leave();
        }
    }
}

#[vthread]
fn nested(limit: usize, depth: usize, count: &Mutex<usize>, peak: &Peak) -> Result<(), String> {
    group!(g, max_concurrency = limit => {
        for _ in 0..2 {
            spawn! { node(g, depth - 1, count, peak) };
        }
    })
}

#[test]
fn case_07_nested_spawns_neither_deadlock_nor_exceed_the_limit() {
    for limit in [1, 2, 3, 16] {
        let (count, peak) = (Mutex::new(0), Peak::default());
        assert_eq!(nested(limit, 7, &count, &peak), Ok(()));
        assert_eq!(count.into_inner(), (1 << 8) - 2);
        let peak = peak.0.into_inner().1;
        assert!((1..=limit).contains(&peak), "{peak} of {limit}");
    }
}

/// The child spawns lexically inside its own group, and from a closure, which blocks.
#[vthread]
fn in_sight(trace: &Mutex<Vec<&'static str>>) {
    group!(max_concurrency = 1 => {
        spawn! {
            trace.lock().push("outer begins");
            spawn! { trace.lock().push("inner") };
            trace.lock().push("outer goes on");
            let in_plain_code = || spawn! { trace.lock().push("from a closure") };
            in_plain_code().join();
            trace.lock().push("outer ends");
        };
    });
}

#[test]
fn case_07_a_child_gives_way_to_those_it_spawns() {
    let trace = Mutex::new(Vec::new());
    in_sight(&trace);
    let trace = trace.into_inner();
    let expected = [
        "outer begins",
        "inner",
        "outer goes on",
        "from a closure",
        "outer ends",
    ];
    assert_eq!(trace, expected);
}

/// A child that waits to get its place back is cancelled with the group.
#[vthread]
fn cancelled_while_it_waits() -> Result<(), &'static str> {
    let (began, has_begun) = channel::<()>(1);
    group!(max_concurrency = 1 => {
        spawn! {
            spawn! {
                began.send(()).unwrap();
                sleep(LONG);
            };
            unreachable!();
        };
        has_begun.recv().unwrap();
        Err::<(), _>("body")?;
    })
}

#[test]
fn case_07_a_wait_for_the_own_place_ends_when_the_group_is_cancelled() {
    for _ in 0..100 {
        assert_eq!(cancelled_while_it_waits(), Err("body"));
    }
}

/// The wait is cut short, as a losing branch: the child continues with its place, and the group
/// ends normally.
#[vthread]
fn cut_short(trace: &Mutex<Vec<&'static str>>) {
    let (began, has_begun) = oneshot::<()>();
    let (release, released) = oneshot::<()>();
    group!(max_concurrency = 1 => {
        spawn! {
            select! {
                _ = spawn! {
                    began.send(()).unwrap();
                    released.recv().unwrap();
                    trace.lock().push("inner");
                } => unreachable!(),
                begun = has_begun.recv() => begun.unwrap(),
            }
            trace.lock().push("went on");
            release.send(()).unwrap();
            for _ in 0..3 {
                spawn! { trace.lock().push("more") };
            }
        };
    });
}

#[test]
fn case_07_a_wait_that_is_cut_short() {
    let trace = Mutex::new(Vec::new());
    cut_short(&trace);
    let mut trace = trace.into_inner();
    assert_eq!(trace[0], "went on");
    trace.sort_unstable();
    assert_eq!(trace, ["inner", "more", "more", "more", "went on"]);
}

/// As many children as the limit, and the body: all run at once.
#[vthread]
fn the_body_is_not_counted(limit: usize) {
    let all = Barrier::new(limit + 1);
    group!(max_concurrency = limit => {
        for _ in 0..limit {
            spawn! { all.wait(); };
        }
        all.wait();
    });
}

#[test]
fn case_07_the_body_does_not_count() {
    the_body_is_not_counted(1);
    the_body_is_not_counted(5);
}
