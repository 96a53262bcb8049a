//! Edge case 14: cleanup that suspends, and the grace that bounds it.

use crate::drop_log::DropLog;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::testing::elapsed;
use vthread::time::sleep;
use vthread::yield_now;

pub(super) const LONG: Duration = Duration::from_secs(3600);

/// The error of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop;

/// The tests wait for the grace to end, on the clock of the test.
pub(super) const GRACE: Duration = Duration::from_secs(20);

/// Cleanup that never ends by itself.
#[vthread]
pub(super) fn hang(drop_log: &DropLog, name: &str) {
    let _held = drop_log.object(format!("{name} dropped"));
    drop_log.note(format!("{name} hangs"));
    sleep(LONG);
    drop_log.note(format!("{name} went on"));
}

#[track_caller]
pub(super) fn assert_ended(drop_log: &DropLog, names: &[&str]) {
    let trace = drop_log.trace();
    for name in names {
        assert!(drop_log.at(&format!("{name} hangs")) < drop_log.at(&format!("{name} dropped")));
        assert!(drop_log.at(&format!("{name} dropped")) < drop_log.at("after"));
    }
    assert!(
        !trace.iter().any(|line| line.ends_with("went on")),
        "{trace:?}"
    );
    assert_eq!(drop_log.alive(), 0);
}

mod case_14_grace_ends_a_cleanup_that_hangs {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(3);
        let result = group!(grace = GRACE => {
            for name in ["first child", "second child"] {
                let tx = tx.clone();
                spawn! {
                    defer! { hang(drop_log, name); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }
            }
            defer! { hang(drop_log, "body"); }
            spawn! {
                rx.recv().unwrap();
                rx.recv().unwrap();
                Err(Stop)?;
            }
            sleep(LONG);
        });
        drop_log.note("after");
        result
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["first child", "second child", "body"]);
    }
}

/// Several cleanups of one frame: each begins, and meets the mark at its first suspension point.
mod case_14_every_cleanup_of_a_frame_begins {
    use super::*;

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["inner"]);
        assert!(drop_log.at("inner dropped") < drop_log.at("outer began"));
        assert!(drop_log.at("outer began") < drop_log.at("after"));
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = GRACE => {
            spawn! {
                defer! {
                    drop_log.note("outer began");
                    yield_now();
                    drop_log.note("outer went on");
                }
                defer! { hang(drop_log, "inner"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }
}

/// A group that a cleanup opens is covered by its shield, and ends with it: children before their
/// borrows.
mod case_14_the_end_of_the_grace_reaches_everything_below {
    use super::*;

    #[vthread]
    fn thorough(drop_log: &DropLog) {
        let _outermost = drop_log.object("outermost");
        group! {
            let shared = drop_log.object("shared");
            spawn! {
                group! {
                    let own = drop_log.object("own");
                    spawn! {
                        defer! { hang(drop_log, "grandchild"); }
                        let _own = own;
                        sleep(LONG);
                    }
                    shield! { hang(drop_log, "child") }
                }
                drop(shared);
            }
            timeout!(LONG => { hang(drop_log, "timeout"); }).unwrap();
        }
        drop_log.note("thorough went on");
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = GRACE => {
            spawn! {
                defer! { thorough(drop_log); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["grandchild", "child", "timeout"]);
        drop_log.all_before(&["own", "shared"], "outermost");
        drop_log.all_before(&["outermost"], "after");
    }
}

/// A group without a grace has that of the surrounding group, and the shortest wins.
mod case_14_the_smallest_grace_wins {
    use super::*;

    #[vthread]
    fn inner_is_shorter(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        let result = group!(grace = LONG => {
            spawn! {
                group!(grace = GRACE => {
                    spawn! {
                        defer! { hang(drop_log, "inner"); }
                        tx.send(()).unwrap();
                        sleep(LONG);
                    }
                })?;
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }

    #[vthread]
    fn outer_is_shorter(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(2);
        let result = group!(grace = GRACE => {
            spawn! {
                group! {
                    group!(grace = LONG => {
                        spawn! {
                            defer! { hang(drop_log, "long"); }
                            tx.send(()).unwrap();
                            sleep(LONG);
                        }
                    })?;
                }?;
            }
            spawn! {
                group! {
                    defer! { hang(drop_log, "unsaid"); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }?;
            }
            rx.recv().unwrap();
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }

    #[vthread]
    fn only_the_inner_one_fails(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            let inner = group!(grace = LONG => {
                spawn! {
                    defer! { hang(drop_log, "inner"); }
                    tx.send(()).unwrap();
                    sleep(LONG);
                }
                rx.recv().unwrap();
                Err::<(), _>(Stop)?;
            });
            drop_log.note("after");
            inner?;
        })
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(inner_is_shorter(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["inner"]);
        let drop_log = DropLog::new();
        assert_eq!(outer_is_shorter(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["long", "unsaid"]);
        let drop_log = DropLog::new();
        assert_eq!(only_the_inner_one_fails(&drop_log), Err(Stop));
        assert_ended(&drop_log, &["inner"]);
    }
}

/// Without a cancellation nothing is bounded, and within the grace nothing is cut short.
mod case_14_cleanup_in_time_is_complete {
    use super::*;

    #[vthread]
    fn normally(drop_log: &DropLog) {
        group!(grace = Duration::ZERO => {
            spawn! {
                defer! { sleep(GRACE); drop_log.note("child"); }
                yield_now();
            }
            defer! { sleep(GRACE); drop_log.note("body"); }
        });
    }

    #[vthread]
    fn cancelled(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = LONG => {
            spawn! {
                defer! { sleep(GRACE); drop_log.note("child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[vthread]
    fn not_at_all(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = Duration::ZERO => {
            spawn! {
                defer! { hang(drop_log, "child"); }
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        normally(&drop_log);
        assert_eq!(drop_log.trace().len(), 2);
        let drop_log = DropLog::new();
        assert_eq!(cancelled(&drop_log), Err(Stop));
        assert_eq!(drop_log.trace(), ["child"]);
        let drop_log = DropLog::new();
        assert_eq!(not_at_all(&drop_log), Err(Stop));
        assert_eq!(drop_log.trace(), ["child hangs", "child dropped"]);
    }
}

/// A blocking call made by a destructor is not cancelled, and no grace ends it.
mod case_14_a_destructor_blocks_and_is_not_cancelled {
    use super::*;

    struct Waits<'a>(&'a DropLog);

    impl Drop for Waits<'_> {
        fn drop(&mut self) {
            let before = elapsed();
            sleep(2 * GRACE);
            assert_eq!(elapsed() - before, 2 * GRACE);
            self.0.note("waited");
        }
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = Duration::ZERO => {
            spawn! {
                let _waits = Waits(drop_log);
                tx.send(()).unwrap();
                sleep(LONG);
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        })
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_eq!(drop_log.trace(), ["waited"]);
    }
}
