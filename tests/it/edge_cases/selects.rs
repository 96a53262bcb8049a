//! Edge case 17: `select!`, several waits in one vthread.

use crate::drop_log::DropLog;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

mod case_17_the_first_wins {
    use super::*;

    #[vthread]
    fn run(delay: Duration, patience: Duration) -> &'static str {
        let (tx, rx) = channel::<u32>(1);
        group! {
            spawn!(service => { sleep(delay); let _ = tx.send(7); });
            select! {
                Ok(n) = rx.recv() => if n == 7 { "seven" } else { "other" },
                _ = sleep(patience) => {
                    yield_now();
                    "late"
                }
                else => "closed",
            }
        }
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        assert_eq!(run(SHORT, LONG), "seven");
        assert_eq!(run(LONG, Duration::ZERO), "late");
    }
}

/// No branch loses what it could take, and two ready branches both get their turn.
mod case_17_nothing_is_lost_and_no_branch_starves {
    use super::*;

    #[vthread]
    fn run(n: u32) -> (Vec<u32>, HashSet<u8>) {
        let (left, left_rx) = channel::<u32>(4);
        let (right, right_rx) = channel::<u32>(4);
        let mut got = Vec::new();
        let mut from = HashSet::new();
        group! {
            spawn!(move => { for i in 0..n { left.send(i).unwrap(); } });
            spawn!(move => { for i in n..2 * n { right.send(i).unwrap(); } });
            loop {
                select! {
                    Ok(i) = left_rx.recv() => { got.push(i); from.insert(0); }
                    Ok(i) = right_rx.recv() => { got.push(i); from.insert(1); }
                    else => break,
                }
            }
        }
        got.sort();
        (got, from)
    }

    #[test]
    fn holds() {
        let (got, from) = run(1000);
        assert_eq!(got, (0..2000).collect::<Vec<_>>());
        assert_eq!(from.len(), 2);
    }
}

/// The losers are dropped before the handler runs: their locks are free, their children have ended.
mod case_17_losers_are_closed_first {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog, lock: &Mutex<()>) {
        select! {
            _ = {
                let _guard = lock.lock();
                group! {
                    let object = drop_log.object("child");
                    spawn! { sleep(LONG); drop(object); }
                    let _body = drop_log.object("body");
                    sleep(LONG);
                }
            } => drop_log.note("wrong"),
            _ = sleep(SHORT) => {
                let _guard = lock.lock();
                drop_log.note("handler");
            }
        }
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let (drop_log, lock) = (DropLog::new(), Mutex::new(()));
        run(&drop_log, &lock);
        drop_log.all_before(&["body", "child"], "handler");
    }
}

mod case_17_ways_out {
    use super::*;

    #[vthread]
    fn parse(text: &str, other: Option<u32>) -> Result<u32, std::num::ParseIntError> {
        let n = select! {
            n = { yield_now(); text.parse::<u32>()? } => n * 2,
            _ = sleep(LONG) => return Ok(0),
        };
        for turn in 0..2 {
            select! {
                _ = { yield_now(); if other == Some(1) { break; } } => {
                    if n > 5 && turn == 1 {
                        return Ok(n + 100);
                    }
                    continue;
                }
            }
        }
        Ok(n)
    }

    #[vthread]
    fn option(n: Option<u32>) -> Option<u32> {
        let m = select! {
            m = { yield_now(); n? + 1 } => m,
        };
        Some(m)
    }

    #[vthread]
    fn in_a_child(fails: bool) -> Result<u32, String> {
        group! {
            let task = spawn! {
                select! {
                    n = { yield_now(); if fails { Err("child".to_string())?; } 3 } => n,
                    _ = sleep(LONG) => 4,
                }
            };
            task.join()
        }
    }

    #[test]
    fn hold() {
        assert_eq!(parse("2", None), Ok(4));
        assert_eq!(parse("2", Some(1)), Ok(4));
        assert_eq!(parse("21", None), Ok(142));
        assert!(parse("x", None).is_err());
        assert_eq!(option(Some(1)), Some(2));
        assert_eq!(option(None), None);
        assert_eq!(in_a_child(false), Ok(3));
        assert_eq!(in_a_child(true), Err("child".to_string()));
    }
}

mod case_17_panics {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        select! {
            _ = { yield_now(); resume_unwind(Box::new(5)) } => {}
            _ = { let _object = drop_log.object("loser"); sleep(LONG); } => {}
        }
    }

    #[vthread]
    fn no_branch_is_left() {
        select! {
            Some(_) = { yield_now(); None::<u8> } => {}
        }
    }

    #[test]
    fn hold() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<i32>().unwrap(), 5);
        assert_eq!(drop_log.alive(), 0);
        assert!(catch_unwind(no_branch_is_left).is_err());
    }
}

mod case_17_cancelled_as_a_whole {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        let result = group! {
            spawn! {
                let _frame = drop_log.object("frame");
                select! {
                    _ = {
                        let _one = drop_log.object("one");
                        tx.send(()).unwrap();
                        sleep(LONG);
                    } => drop_log.note("went on"),
                    _ = { let _two = drop_log.object("two"); sleep(LONG); } => drop_log.note("went on"),
                }
                drop_log.note("went on");
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        for _ in 0..100 {
            let drop_log = DropLog::new();
            assert_eq!(run(&drop_log), Err("stop"));
            drop_log.all_before(&["one", "frame"], "after");
            assert!(!drop_log.trace().contains(&"went on".to_string()));
        }
    }
}

/// Recursion in a branch nests.
mod case_17_recursion_in_a_branch {
    use super::*;

    #[vthread]
    fn depth(n: u32) -> u32 {
        yield_now();
        if n == 0 { 0 } else { 1 + depth(n - 1) }
    }

    #[vthread]
    fn run() -> u32 {
        select! {
            n = depth(100) => n,
            _ = sleep(LONG) => 0,
        }
    }

    #[test]
    fn holds() {
        assert_eq!(run(), 100);
    }
}

/// Everything open in a loser is cancelled at once, even while its body is in a shield.
mod losers_are_cancelled_as_a_whole {
    use super::*;

    #[vthread]
    fn run() -> bool {
        let (tx, rx) = channel::<()>(1);
        select! {
            _ = group! {
                let tx = tx;
                spawn! {
                    let _held = &tx;
                    sleep(LONG);
                }
                // Until the child is gone, and its end of the channel with it.
                shield! { rx.recv().unwrap_err(); }
                sleep(LONG);
            } => false,
            _ = sleep(SHORT) => true,
        }
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        assert!(run());
    }
}
