//! Edge case 16: timeouts, and their deadlines.

use crate::drop_log::DropLog;
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::{Elapsed, deadline, sleep};
use vthread::{Group, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(20);

mod case_16_a_body_in_time_gives_its_value {
    use super::*;

    #[vthread]
    fn run() -> u32 {
        let value = timeout!(LONG => {
            yield_now();
            7
        });
        value.unwrap()
    }

    #[test]
    fn holds() {
        assert_eq!(run(), 7);
    }
}

mod case_16_a_body_out_of_time_is_dropped {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Elapsed> {
        let result = timeout!(SHORT => {
            let _body = drop_log.object("body");
            group! {
                let object = drop_log.object("child");
                let _inner = drop_log.object("inner");
                spawn! { sleep(LONG); drop(object); }
                sleep(LONG);
            }?;
            drop_log.note("went on");
        });
        drop_log.note("after");
        yield_now();
        drop_log.note("later");
        result
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert!(run(&drop_log).is_err());
        drop_log.all_before(&["inner", "child", "body"], "after");
        assert!(drop_log.at("child") < drop_log.at("body"));
        assert!(drop_log.trace().contains(&"later".to_string()));
        assert!(!drop_log.trace().contains(&"went on".to_string()));
    }
}

mod case_16_a_zero_timeout {
    use super::*;

    #[vthread]
    fn run() -> (bool, bool) {
        let waits = timeout!(Duration::ZERO => { sleep(LONG) });
        let does_not = timeout!(Duration::ZERO => 3);
        (waits.is_err(), does_not == Ok(3))
    }

    #[test]
    fn holds() {
        assert_eq!(run(), (true, true));
    }
}

/// The smallest enclosing deadline wins; a later inner one does not matter.
mod case_16_the_smallest_deadline_wins {
    use super::*;

    #[vthread]
    fn run() -> (bool, bool) {
        let outer = timeout!(SHORT => {
            let inner = timeout!(LONG => sleep(LONG));
            inner.is_err()
        });
        let inner = timeout!(LONG => {
            let inner = timeout!(SHORT => sleep(LONG));
            inner.is_err()
        });
        (outer.is_err(), inner == Ok(true))
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        assert_eq!(run(), (true, true));
    }
}

/// An outer cancellation wins over an inner timeout: the code after the `timeout!` does not run.
mod case_16_outer_cancellation_wins {
    use super::*;

    #[vthread]
    fn run(went_on: &AtomicUsize) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                tx.send(()).unwrap();
                let _ = timeout!(LONG => sleep(LONG));
                went_on.fetch_add(1, Ordering::SeqCst);
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let went_on = AtomicUsize::new(0);
        assert_eq!(run(&went_on), Err("stop"));
        assert_eq!(went_on.into_inner(), 0);
    }
}

/// The caller decides whether it is a failure.
mod case_16_a_timeout_is_a_value {
    use super::*;

    #[vthread]
    fn run(fails: bool) -> Result<&'static str, Elapsed> {
        group! {
            let child = spawn! {
                match timeout!(SHORT => sleep(LONG)) {
                    Err(elapsed) if fails => Err(elapsed)?,
                    Err(_) => "by default",
                    Ok(()) => "in time",
                }
            };
            child.join()
        }
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        assert_eq!(run(false), Ok("by default"));
        assert!(run(true).is_err());
        assert_eq!(
            std::io::Error::from(run(true).unwrap_err()).kind(),
            std::io::ErrorKind::TimedOut
        );
    }
}

/// A group whose children are cut short returns no value, whatever its body returns.
mod case_16_children_do_not_outlive_the_time {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> (bool, bool) {
        let plain = timeout!(SHORT => {
            group! {
                let object = drop_log.object("child");
                spawn! { sleep(LONG); drop(object); }
            }
        });
        let called = timeout!(SHORT => waits(drop_log));
        drop_log.note("after");
        (plain.is_err(), called.is_err())
    }

    #[vthread]
    fn waits(drop_log: &DropLog) {
        group! {
            let object = drop_log.object("grandchild");
            spawn! {
                group! {
                    spawn! { sleep(LONG); drop(object); }
                }
                drop_log.note("went on");
            }
        }
        drop_log.note("went on");
    }

    #[vthread::test(seeds = 10)]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), (true, true));
        drop_log.all_before(&["child", "grandchild"], "after");
        assert!(!drop_log.trace().contains(&"went on".to_string()));
    }
}

/// Both are due when the body reaches its next suspension point.
mod case_16_inner_timeout_and_outer_cancellation_together {
    use super::*;

    #[vthread]
    fn by_a_failure(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, all_ready) = channel::<()>(3);
        let (go, gone) = channel::<()>(1);
        let (going_on, cancelled) = channel::<()>(1);
        group! {
            let ready = &ready;
            spawn!(move => {
                let _going_on = going_on;
                ready.send(()).unwrap();
                sleep(LONG);
            });
            spawn! {
                let _ = timeout!(SHORT => {
                    shield! {
                        ready.send(()).unwrap();
                        gone.recv().unwrap();
                    }
                    yield_now();
                    drop_log.note("the body went on");
                });
                drop_log.note("the code behind went on");
            }
            // It is cancelled as well, and lets the other one continue when the time is over.
            spawn! {
                shield! {
                    ready.send(()).unwrap();
                    assert!(cancelled.recv().is_err());
                    sleep(SHORT * 4);
                    go.send(()).unwrap();
                }
            };
            for _ in 0..3 {
                all_ready.recv().unwrap();
            }
            Err::<(), _>("stop")?;
        }
    }

    #[vthread]
    fn by_a_timeout(drop_log: &DropLog) -> bool {
        let outer = timeout!(SHORT => {
            let _ = timeout!(SHORT => sleep(LONG));
            drop_log.note("the code behind went on");
        });
        outer.is_err()
    }

    #[vthread::test(seeds = 20)]
    fn the_outer_one_wins() {
        let drop_log = DropLog::new();
        assert_eq!(by_a_failure(&drop_log), Err("stop"));
        assert!(by_a_timeout(&drop_log));
        assert_eq!(drop_log.trace(), [""; 0]);
    }
}

/// `deadline()` returns the effective one.
mod case_16_the_effective_deadline {
    use super::*;

    /// Plain code sees it as well.
    fn in_plain_code() -> Option<Instant> {
        [()].map(|()| deadline())[0]
    }

    #[vthread]
    fn in_a_recursion(n: usize) -> Option<Instant> {
        if n == 0 {
            yield_now();
            return deadline();
        }
        in_a_recursion(n - 1)
    }

    #[vthread]
    fn nested() {
        assert_eq!(deadline(), None);
        let before = Instant::now();
        let ended = timeout!(LONG => {
            let outer = deadline().expect("there is one");
            assert!(before + LONG <= outer && outer <= Instant::now() + LONG);
            let inner = timeout!(LONG / 2 => {
                yield_now();
                assert!(deadline().unwrap() < outer);
                deadline()
            });
            assert!(inner.unwrap().unwrap() < outer);
            // A later one does not matter.
            assert_eq!(timeout!(LONG * 2 => { yield_now(); deadline() }), Ok(Some(outer)));
            assert_eq!(timeout!(Duration::MAX => deadline()), Ok(Some(outer)));
            assert_eq!(deadline(), Some(outer));
            assert_eq!(in_plain_code(), Some(outer));
            assert_eq!(in_a_recursion(1), Some(outer));
            assert_eq!(in_a_recursion(10_000), Some(outer));
            let closure = || in_a_recursion(3);
            assert_eq!(closure(), Some(outer));
            let branch = select! {
                at = { yield_now(); deadline() } => at,
                _ = timeout!(LONG / 2 => sleep(LONG)) => None,
            };
            assert_eq!(branch, Some(outer));
            assert_eq!(vthread::blocking(deadline), None);
        });
        ended.unwrap();
        assert_eq!(deadline(), None);
        assert_eq!(timeout!(Duration::MAX => deadline()), Ok(None));
    }

    #[vthread]
    fn shielded() {
        let ended = timeout!(LONG => {
            let outer = deadline();
            defer! { assert_eq!(deadline(), None); }
            shield! {
                assert_eq!(deadline(), None);
                let inner = timeout!(LONG => { yield_now(); deadline() });
                assert!(inner.unwrap() > outer);
                group! {
                    let child = spawn! { deadline() };
                    assert_eq!(child.join(), None);
                }
            }
            assert_eq!(deadline(), outer);
        });
        ended.unwrap();
    }

    #[vthread]
    fn into_a_group<'scope>(g: &Group<'scope, ()>, seen: &'scope StdMutex<Vec<Option<Instant>>>) {
        let ended = timeout!(LONG / 2 => {
            spawn!(g => { seen.lock().unwrap().push(deadline()); });
        });
        ended.unwrap();
    }

    /// A child has that of its group, because it ends with the group, wherever it was spawned.
    #[vthread]
    fn in_children() -> Result<(), ()> {
        let seen = StdMutex::new(Vec::new());
        let outer = timeout!(LONG => {
            group!(g => {
                let first = spawn! {
                    yield_now();
                    let inner = timeout!(LONG / 4 => deadline());
                    into_a_group(g, &seen);
                    group! {
                        let grandchild = spawn! { deadline() };
                        assert_eq!(grandchild.join(), deadline());
                    }?;
                    (deadline(), inner.unwrap())
                };
                into_a_group(g, &seen);
                let (outside, inside) = first.join();
                assert_eq!(outside, deadline());
                assert!(inside < outside);
            })?;
            deadline()
        });
        assert_eq!(*seen.lock().unwrap(), [outer.unwrap(); 2]);
        Ok(())
    }

    #[test]
    fn holds() {
        assert_eq!(deadline(), None);
        nested();
        shielded();
        in_children().unwrap();
        let plainly = timeout!(LONG => (deadline().is_some(), in_plain_code().is_some()));
        assert_eq!(plainly, Ok((true, true)));
        assert_eq!(deadline(), None);
    }

    #[vthread]
    fn ends_at_it() -> Option<Instant> {
        let at = StdMutex::new(None);
        let ended = timeout!(SHORT => {
            *at.lock().unwrap() = deadline();
            // Longer: it has no effect.
            let _ = timeout!(LONG => sleep(LONG));
        });
        assert!(ended.is_err());
        at.into_inner().unwrap()
    }

    #[test]
    fn and_that_is_when_it_ends() {
        assert!(ends_at_it().unwrap() <= Instant::now());
    }
}
