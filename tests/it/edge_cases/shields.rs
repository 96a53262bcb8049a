//! Edge case 15: what a shield covers, and what it does not.

use crate::drop_log::DropLog;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(2);

/// The error of the groups.
#[derive(Debug, PartialEq, Eq)]
struct Stop;

/// Reports that its owner was dropped: so the group is cancelled.
struct Says<'a>(&'a AtomicBool);

impl Drop for Says<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[vthread]
fn until(flag: &AtomicBool) {
    while !flag.load(Ordering::SeqCst) {
        yield_now();
    }
}

/// The frame of each case: a child in a shield, which continues once the outer group is cancelled.
macro_rules! case {
    ($name:ident, $drop_log:ident, $shielded:block, [$($trace:literal),*]) => {
        mod $name {
            use super::*;

            #[vthread]
            fn shielded($drop_log: &DropLog) $shielded

            #[vthread]
            fn run(drop_log: &DropLog, is_cancelled: &AtomicBool) -> Result<(), Stop> {
                let (tx, rx) = channel::<()>(2);
                let result = group! {
                    let other = tx.clone();
                    spawn! {
                        let _says = Says(is_cancelled);
                        other.send(()).unwrap();
                        sleep(LONG);
                    }
                    spawn! {
                        shield! {
                            tx.send(()).unwrap();
                            until(is_cancelled);
                            shielded(drop_log);
                        }
                        yield_now();
                        drop_log.note("went on");
                    }
                    rx.recv().unwrap();
                    rx.recv().unwrap();
                    Err::<(), _>(Stop)?;
                };
                drop_log.note("after");
                result
            }

            #[vthread::test(seeds = 10)]
            fn holds() {
                let drop_log = DropLog::new();
                assert_eq!(run(&drop_log, &AtomicBool::new(false)), Err(Stop));
                assert_eq!(drop_log.trace(), [$($trace,)* "after"]);
            }
        }
    };
}

case!(
    case_15_timeouts_inside_a_shield_fire,
    drop_log,
    {
        let elapsed = timeout!(SHORT => {
            let _body = drop_log.object("body");
            sleep(LONG);
            drop_log.note("went on");
        });
        assert!(elapsed.is_err());
        drop_log.note("elapsed");
        // And one that does not.
        let value = timeout!(LONG => { sleep(SHORT); 7 });
        assert_eq!(value, Ok(7));
        drop_log.note("in time");
    },
    ["body", "elapsed", "in time"]
);

case!(
    case_15_groups_opened_inside_a_shield_are_covered,
    drop_log,
    {
        let value = group! {
            let task = spawn! {
                sleep(SHORT);
                let inner = group! {
                    let task = spawn! { yield_now(); 3 };
                    task.join()
                };
                drop_log.note("child");
                inner + 4
            };
            let value = task.join();
            drop_log.note("body");
            value
        };
        assert_eq!(value, 7);
        drop_log.note("joined");
    },
    ["child", "body", "joined"]
);

case!(
    case_15_selects_inside_a_shield_go_on,
    drop_log,
    {
        let (tx, rx) = channel::<u8>(1);
        tx.send(1).unwrap();
        select! {
            Ok(n) = rx.recv() => drop_log.note(format!("received {n}")),
            _ = sleep(LONG) => drop_log.note("slept"),
        }
        // A closure is plain code: its blocking call is covered too.
        let wait = || sleep(SHORT);
        wait();
        drop_log.note("waited");
    },
    ["received 1", "waited"]
);

mod case_15_an_outer_group_is_not_covered {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog, is_cancelled: &AtomicBool) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(2);
        group!(g => {
            let other = tx.clone();
            spawn! {
                let _says = Says(is_cancelled);
                other.send(()).unwrap();
                sleep(LONG);
            }
            spawn! {
                shield! {
                    tx.send(()).unwrap();
                    until(is_cancelled);
                    let held = drop_log.object("capture");
                    let task = spawn!(g => {
                        let _held = held;
                        drop_log.note("ran");
                    });
                    while !task.is_finished() {
                        yield_now();
                    }
                    let outcome = task.outcome();
                    assert!(matches!(
                        outcome,
                        Some(Outcome::Cancelled(CancelReason::SiblingFailed(_)))
                    ));
                    drop_log.note("told");
                }
            }
            rx.recv().unwrap();
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log, &AtomicBool::new(false)), Err(Stop));
        assert_eq!(drop_log.trace(), ["capture", "told"]);
    }
}
