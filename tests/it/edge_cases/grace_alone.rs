//! Edge case 14: the grace of a cancellation that does not concern the whole group, and of cleanup
//! in plain code.

use super::grace::{GRACE, LONG, Stop, assert_ended, hang};
use crate::drop_log::DropLog;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{Outcome, yield_now};

/// A scope that is cancelled without its group has the grace of the nearest surrounding group.
mod case_14_the_nearest_group_bounds_what_is_cancelled_alone {
    use super::*;

    #[vthread]
    fn a_task(drop_log: &DropLog) -> u32 {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            let task = spawn! {
                defer! { hang(drop_log, "task"); }
                tx.send(()).unwrap();
                sleep(LONG);
            };
            rx.recv().unwrap();
            task.cancel();
            // Time passes only while it waits.
            while !task.is_finished() {
                sleep(GRACE);
            }
            assert!(matches!(task.outcome(), Some(Outcome::Cancelled(_))));
            drop_log.note("after");
            // The group is not affected.
            let sister = spawn! { yield_now(); 7 };
            sister.join()
        })
    }

    #[vthread]
    fn children(drop_log: &DropLog) {
        let (tx, rx) = channel::<()>(1);
        group!(g, grace = GRACE => {
            spawn! {
                defer! { hang(drop_log, "child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            g.cancel();
        });
        drop_log.note("after");
    }

    #[vthread]
    fn a_service(drop_log: &DropLog) {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            spawn!(service => {
                defer! { hang(drop_log, "service"); }
                tx.send(()).unwrap();
                sleep(LONG);
            });
            rx.recv().unwrap();
        });
        drop_log.note("after");
    }

    #[vthread]
    fn a_timeout(drop_log: &DropLog) {
        group!(grace = GRACE => {
            let elapsed = timeout!(Duration::from_millis(1) => {
                defer! { hang(drop_log, "timeout"); }
                sleep(LONG);
            });
            assert!(elapsed.is_err());
            drop_log.note("after");
        });
    }

    #[vthread]
    fn a_loser(drop_log: &DropLog) {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            select! {
                () = {
                    defer! { hang(drop_log, "loser"); }
                    tx.send(()).unwrap();
                    group! { spawn! { defer! { hang(drop_log, "child of the loser"); } sleep(LONG); } }
                } => unreachable!(),
                _ = rx.recv() => drop_log.note("after"),
            }
        });
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(a_task(&drop_log), 7);
        assert_ended(&drop_log, &["task"]);
        let drop_log = DropLog::new();
        children(&drop_log);
        assert_ended(&drop_log, &["child"]);
        let drop_log = DropLog::new();
        a_service(&drop_log);
        assert_ended(&drop_log, &["service"]);
        let drop_log = DropLog::new();
        a_timeout(&drop_log);
        assert_ended(&drop_log, &["timeout"]);
        let drop_log = DropLog::new();
        a_loser(&drop_log);
        assert_ended(&drop_log, &["loser"]);
    }
}

/// Cleanup in a plain frame below a vthread is bounded as well: the blocking call unwinds.
mod case_14_grace_reaches_blocking_calls_in_plain_frames {
    use super::*;

    #[vthread]
    fn cleans_up(drop_log: &DropLog, name: &str) {
        defer! { hang(drop_log, name); }
        sleep(LONG);
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let result = group!(grace = GRACE => {
            spawn! {
                // A closure is plain code: the calls in it block.
                shield! { (|| hang(drop_log, "shielded"))(); }
            }
            spawn! { (|| cleans_up(drop_log, "cleanup"))(); }
            while drop_log.trace().is_empty() {
                yield_now();
            }
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }

    #[vthread]
    fn under_a_timeout(drop_log: &DropLog) {
        group!(grace = GRACE => {
            let elapsed = timeout!(Duration::from_millis(1) => (|| cleans_up(drop_log, "cleanup"))());
            assert!(elapsed.is_err());
            drop_log.note("after");
        });
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["shielded"]);
        let drop_log = DropLog::new();
        under_a_timeout(&drop_log);
        assert_ended(&drop_log, &["cleanup"]);
    }
}
