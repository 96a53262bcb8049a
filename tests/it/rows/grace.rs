//! 14: cleanup that suspends, and the grace that bounds it.

use crate::ledger::Ledger;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

pub(super) const LONG: Duration = Duration::from_secs(3600);

/// Why a group fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop;

/// The tests wait for it to be over, so it is short; nothing depends on how short.
pub(super) const GRACE: Duration = Duration::from_millis(20);

/// Cleanup that never ends by itself.
#[vthread]
pub(super) fn hang(ledger: &Ledger, name: &str) {
    let _held = ledger.object(format!("{name} dropped"));
    ledger.note(format!("{name} hangs"));
    sleep(LONG);
    ledger.note(format!("{name} went on"));
}

#[track_caller]
pub(super) fn assert_ended(ledger: &Ledger, names: &[&str]) {
    let trace = ledger.trace();
    for name in names {
        assert!(ledger.at(&format!("{name} hangs")) < ledger.at(&format!("{name} dropped")));
        assert!(ledger.at(&format!("{name} dropped")) < ledger.at("after"));
    }
    assert!(
        !trace.iter().any(|line| line.ends_with("went on")),
        "{trace:?}"
    );
    assert_eq!(ledger.alive(), 0);
}

mod row_14_grace_ends_a_cleanup_that_hangs {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(3);
        let result = group!(grace = GRACE => {
            for name in ["first child", "second child"] {
                let tx = tx.clone();
                spawn! {
                    defer! { hang(ledger, name); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }
            }
            defer! { hang(ledger, "body"); }
            spawn! {
                rx.recv().unwrap();
                rx.recv().unwrap();
                Err(Stop)?;
            }
            sleep(LONG);
        });
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err(Stop));
        assert_ended(&ledger, &["first child", "second child", "body"]);
    }
}

/// Several cleanups of one frame: each begins, and meets the mark at its first suspension point.
mod row_14_every_cleanup_of_a_frame_begins {
    use super::*;

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err(Stop));
        assert_ended(&ledger, &["inner"]);
        assert!(ledger.at("inner dropped") < ledger.at("outer began"));
        assert!(ledger.at("outer began") < ledger.at("after"));
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = GRACE => {
            spawn! {
                defer! {
                    ledger.note("outer began");
                    yield_now();
                    ledger.note("outer went on");
                }
                defer! { hang(ledger, "inner"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        ledger.note("after");
        result
    }
}

/// What a cleanup opens is covered by its shield, and goes with it: children before what they borrow.
mod row_14_the_end_of_the_grace_reaches_everything_below {
    use super::*;

    #[vthread]
    fn thorough(ledger: &Ledger) {
        let _outermost = ledger.object("outermost");
        group! {
            let shared = ledger.object("shared");
            spawn! {
                group! {
                    let own = ledger.object("own");
                    spawn! {
                        defer! { hang(ledger, "grandchild"); }
                        let _own = own;
                        sleep(LONG);
                    }
                    shield! { hang(ledger, "child") }
                }
                drop(shared);
            }
            timeout!(LONG => { hang(ledger, "timeout"); }).unwrap();
        }
        ledger.note("thorough went on");
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = GRACE => {
            spawn! {
                defer! { thorough(ledger); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        for _ in 0..10 {
            let ledger = Ledger::new();
            assert_eq!(run(&ledger), Err(Stop));
            assert_ended(&ledger, &["child", "timeout"]);
            ledger.all_before(&["own", "shared", "outermost"], "after");
            assert!(ledger.at("own") < ledger.at("outermost"));
            assert!(ledger.at("shared") < ledger.at("outermost"));
        }
    }
}

/// A group without a grace has that of the group around it, and the smallest wins.
mod row_14_the_smallest_grace_wins {
    use super::*;

    #[vthread]
    fn inner_is_shorter(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = LONG => {
            spawn! {
                group!(grace = GRACE => {
                    spawn! {
                        defer! { hang(ledger, "inner"); }
                        tx.send(()).unwrap();
                        sleep(LONG);
                    }
                })?;
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        ledger.note("after");
        result
    }

    #[vthread]
    fn outer_is_shorter(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(2);
        let result = group!(grace = GRACE => {
            spawn! {
                group! {
                    group!(grace = LONG => {
                        spawn! {
                            defer! { hang(ledger, "long"); }
                            tx.send(()).unwrap();
                            sleep(LONG);
                        }
                    })?;
                }?;
            }
            spawn! {
                group! {
                    defer! { hang(ledger, "unsaid"); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }?;
            }
            rx.recv().unwrap();
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        ledger.note("after");
        result
    }

    #[vthread]
    fn only_the_inner_one_fails(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            let inner = group!(grace = LONG => {
                spawn! {
                    defer! { hang(ledger, "inner"); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }
                rx.recv().unwrap();
                Err::<(), _>(Stop)?;
            });
            ledger.note("after");
            inner?;
        })
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(inner_is_shorter(&ledger), Err(Stop));
        assert_ended(&ledger, &["inner"]);
        let ledger = Ledger::new();
        assert_eq!(outer_is_shorter(&ledger), Err(Stop));
        assert_ended(&ledger, &["long", "unsaid"]);
        let ledger = Ledger::new();
        assert_eq!(only_the_inner_one_fails(&ledger), Err(Stop));
        assert_ended(&ledger, &["inner"]);
    }
}

/// Without a cancellation nothing is bounded, and within the grace nothing is cut short.
mod row_14_cleanup_in_time_is_complete {
    use super::*;

    #[vthread]
    fn normally(ledger: &Ledger) {
        group!(grace = Duration::ZERO => {
            spawn! {
                defer! { sleep(GRACE); ledger.note("child"); }
                yield_now();
            }
            defer! { sleep(GRACE); ledger.note("body"); }
        });
    }

    #[vthread]
    fn cancelled(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = LONG => {
            spawn! {
                defer! { sleep(GRACE); ledger.note("child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[vthread]
    fn not_at_all(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = Duration::ZERO => {
            spawn! {
                defer! { hang(ledger, "child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        normally(&ledger);
        assert_eq!(ledger.trace().len(), 2);
        let ledger = Ledger::new();
        assert_eq!(cancelled(&ledger), Err(Stop));
        assert_eq!(ledger.trace(), ["child"]);
        let ledger = Ledger::new();
        assert_eq!(not_at_all(&ledger), Err(Stop));
        assert_eq!(ledger.trace(), ["child hangs", "child dropped"]);
    }
}

/// A blocking call made by a destructor is not cancelled, and no grace ends it.
mod row_14_a_destructor_blocks_and_is_not_cancelled {
    use super::*;

    struct Waits<'a>(&'a Ledger);

    impl Drop for Waits<'_> {
        fn drop(&mut self) {
            let before = Instant::now();
            sleep(2 * GRACE);
            assert!(before.elapsed() >= 2 * GRACE);
            self.0.note("waited");
        }
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = Duration::ZERO => {
            spawn! {
                let _waits = Waits(ledger);
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err(Stop));
        assert_eq!(ledger.trace(), ["waited"]);
    }
}
