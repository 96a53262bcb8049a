//! 14: the grace of what is cancelled without its group, and of cleanup in plain code.

use super::grace::{GRACE, LONG, Stop, assert_ended, hang};
use crate::ledger::Ledger;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{Outcome, yield_now};

/// Whoever is cancelled without its group has the time that the nearest group around it gives.
mod row_14_the_nearest_group_bounds_what_is_cancelled_alone {
    use super::*;

    #[vthread]
    fn a_task(ledger: &Ledger) -> u32 {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            let task = spawn! {
                defer! { hang(ledger, "task"); }
                tx.send(()).unwrap();
                sleep(LONG);
            };
            rx.recv().unwrap();
            task.cancel();
            while !task.is_finished() {
                yield_now();
            }
            assert!(matches!(task.outcome(), Some(Outcome::Cancelled(_))));
            ledger.note("after");
            // The group is none the worse for it.
            let sister = spawn! { yield_now(); 7 };
            sister.join()
        })
    }

    #[vthread]
    fn children(ledger: &Ledger) {
        let (tx, rx) = channel::<()>(1);
        group!(g, grace = GRACE => {
            spawn! {
                defer! { hang(ledger, "child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            g.cancel();
        });
        ledger.note("after");
    }

    #[vthread]
    fn a_service(ledger: &Ledger) {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            spawn!(service => {
                defer! { hang(ledger, "service"); }
                tx.send(()).unwrap();
                sleep(LONG);
            });
            rx.recv().unwrap();
        });
        ledger.note("after");
    }

    #[vthread]
    fn a_timeout(ledger: &Ledger) {
        group!(grace = GRACE => {
            let elapsed = timeout!(Duration::from_millis(1) => {
                defer! { hang(ledger, "timeout"); }
                sleep(LONG);
            });
            assert!(elapsed.is_err());
            ledger.note("after");
        });
    }

    #[vthread]
    fn a_loser(ledger: &Ledger) {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            select! {
                () = {
                    defer! { hang(ledger, "loser"); }
                    tx.send(()).unwrap();
                    group! { spawn! { defer! { hang(ledger, "child of the loser"); } sleep(LONG); } }
                } => unreachable!(),
                _ = rx.recv() => ledger.note("after"),
            }
        });
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(a_task(&ledger), 7);
        assert_ended(&ledger, &["task"]);
        let ledger = Ledger::new();
        children(&ledger);
        assert_ended(&ledger, &["child"]);
        let ledger = Ledger::new();
        a_service(&ledger);
        assert_ended(&ledger, &["service"]);
        let ledger = Ledger::new();
        a_timeout(&ledger);
        assert_ended(&ledger, &["timeout"]);
        let ledger = Ledger::new();
        a_loser(&ledger);
        assert_ended(&ledger, &["loser"]);
    }
}

/// Cleanup in a plain frame below a vthread is bounded as well: the blocking call unwinds.
mod row_14_grace_reaches_blocking_calls_in_plain_frames {
    use super::*;

    #[vthread]
    fn cleans_up(ledger: &Ledger, name: &str) {
        defer! { hang(ledger, name); }
        sleep(LONG);
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Stop> {
        let result = group!(grace = GRACE => {
            spawn! {
                // A closure is plain code: the calls in it block.
                shield! { (|| hang(ledger, "shielded"))(); }
            }
            spawn! { (|| cleans_up(ledger, "cleanup"))(); }
            while ledger.trace().is_empty() {
                yield_now();
            }
            Err::<(), _>(Stop)?;
        });
        ledger.note("after");
        result
    }

    #[vthread]
    fn under_a_timeout(ledger: &Ledger) {
        group!(grace = GRACE => {
            let elapsed = timeout!(Duration::from_millis(1) => (|| cleans_up(ledger, "cleanup"))());
            assert!(elapsed.is_err());
            ledger.note("after");
        });
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err(Stop));
        assert_ended(&ledger, &["shielded"]);
        let ledger = Ledger::new();
        under_a_timeout(&ledger);
        assert_ended(&ledger, &["cleanup"]);
    }
}
