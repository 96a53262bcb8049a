//! `timeout!` and `shield!`: bodies with an end of their own.

use crate::drop_log::DropLog;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::{Elapsed, TimeLimit, deadline, sleep};
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// In plain code they block.
#[test]
fn in_plain_functions() {
    assert_eq!(timeout!(LONG => { yield_now(); 3 }), Ok(3));
    assert!(timeout!(SHORT => sleep(LONG)).is_err());
    assert!(timeout!(Instant::now() + SHORT => sleep(LONG)).is_err());
    let n = shield! { yield_now(); 4 };
    assert_eq!(n, 4);
}

/// The limit is the end itself.
mod until_an_instant {
    use super::*;

    #[vthread::test]
    fn the_body_ends_there_or_before() {
        let end = Instant::now() + SHORT;
        assert!(timeout!(end => sleep(LONG)).is_err());
        assert!(Instant::now() >= end);
        let value = timeout!(Instant::now() + LONG => { yield_now(); 3 });
        assert_eq!(value, Ok(3));
    }

    #[vthread::test]
    fn it_is_the_deadline_to_the_nanosecond() {
        let end = Instant::now() + LONG;
        let seen = timeout!(end => { yield_now(); deadline() });
        assert_eq!(seen, Ok(Some(end)));
    }

    /// As a duration of zero does: the first suspension point is where it ends.
    #[vthread::test]
    fn one_that_has_passed_ends_the_body_at_once() {
        let drop_log = DropLog::new();
        let past = Instant::now();
        sleep(Duration::from_millis(1));
        for _ in 0..3 {
            let late = timeout!(past => {
                let _body = drop_log.object("body");
                yield_now();
                drop_log.note("too far");
            });
            assert!(late.is_err());
        }
        assert_eq!(drop_log.trace(), ["body"; 3]);
        assert_eq!(timeout!(past => 4), Ok(4), "no suspension point");
        let before_the_process = past - Duration::from_secs(60);
        assert!(timeout!(before_the_process => yield_now()).is_err());
    }

    #[vthread::test]
    fn the_nearest_of_nested_ones_wins() {
        let (soon, late) = (Instant::now() + SHORT, Instant::now() + LONG);
        let mut went_on = false;
        let outer = timeout!(soon => {
            let inner = timeout!(late => { assert_eq!(deadline(), Some(soon)); sleep(LONG) });
            went_on = true;
            inner
        });
        assert!(outer.is_err() && !went_on);
        let outer = timeout!(late => {
            let inner = timeout!(Instant::now() + SHORT => sleep(LONG));
            inner.is_err()
        });
        assert_eq!(outer, Ok(true));
        // At one and the same instant the outer one wins.
        let end = Instant::now() + SHORT;
        let outer = timeout!(end => {
            let inner = timeout!(end => sleep(LONG));
            went_on = true;
            inner
        });
        assert!(outer.is_err() && !went_on);
        // A duration that no instant can express is no limit.
        let outer = timeout!(Duration::MAX => {
            let inner = timeout!(Instant::now() + SHORT => sleep(LONG));
            (inner.is_err(), deadline())
        });
        assert_eq!(outer, Ok((true, None)));
    }

    /// A limit that is over tries nothing and takes nothing; what is there is had without a limit.
    #[vthread::test]
    fn no_time_takes_nothing() {
        let (sender, receiver) = channel(2);
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        assert!(timeout!(Duration::ZERO => receiver.recv()).is_err());
        assert!(timeout!(Instant::now() => receiver.recv()).is_err());
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
        let there = select! {
            value = receiver.recv() => value.ok(),
            default => None,
        };
        assert_eq!(there, Some(2));
        let none = select! {
            value = receiver.recv() => value.ok(),
            default => None,
        };
        assert_eq!(none, None);
        assert!(receiver.recv_timeout(Duration::ZERO).is_err());
    }

    /// Where a user of another library looks for it.
    #[vthread::test(virtual_time)]
    fn the_macro_stands_in_the_module_of_time() {
        use vthread::time::{sleep, timeout};
        assert!(timeout!(SHORT => sleep(LONG)).is_err());
        assert_eq!(vthread::time::timeout!(LONG => { sleep(SHORT); 3 }), Ok(3));
    }

    #[vthread]
    fn all_within(limit: impl TimeLimit + Copy + Send, n: usize) -> Vec<bool> {
        (0..n)
            .map(|_| timeout!(limit => sleep(SHORT)).is_ok())
            .collect()
    }

    #[vthread]
    fn first(limit: impl TimeLimit) -> Result<u32, Elapsed> {
        let value = timeout!(limit => {
            if deadline().is_some() {
                return Ok(7);
            }
            8
        })?;
        Ok(value)
    }

    #[vthread::test]
    fn a_function_takes_either() {
        assert_eq!(all_within(LONG, 2), [true, true]);
        assert_eq!(all_within(Instant::now(), 2), [false, false]);
        assert_eq!(first(LONG), Ok(7));
        assert_eq!(first(Instant::now() + LONG), Ok(7));
        assert_eq!(first(Duration::MAX), Ok(8));
    }

    /// What makes the limit may suspend, and may fail.
    #[vthread]
    fn of_a_message() -> Result<u32, std::sync::mpsc::RecvError> {
        let (ends, end) = channel::<Instant>(1);
        ends.send(Instant::now() + LONG).unwrap();
        drop(ends);
        assert_eq!(timeout!(end.recv()? => { yield_now(); 5 }), Ok(5));
        let value = timeout!(end.recv()? => 6);
        Ok(value.unwrap())
    }

    #[test]
    fn a_limit_that_is_received() {
        assert!(of_a_message().is_err());
    }
}

mod a_shield_postpones {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, is_ready) = channel::<()>(1);
        let (go, gone) = channel::<()>(1);
        group! {
            spawn! {
                let _frame = drop_log.object("frame");
                shield! {
                    ready.send(()).unwrap();
                    // Cancelled from here on.
                    gone.recv().unwrap_err();
                    for _ in 0..10 {
                        yield_now();
                    }
                    drop_log.note("shielded");
                }
                drop_log.note("right after");
                yield_now();
                drop_log.note("too far");
            }
            // The failure cancels first, and drops this then: the shielded one continues.
            let _go = go;
            is_ready.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("stop"));
        assert_eq!(drop_log.trace(), ["shielded", "right after", "frame"]);
    }
}

mod timeouts_fire_inside_shields {
    use super::*;

    #[vthread]
    fn run() -> bool {
        shield! {
            let r = timeout!(SHORT => sleep(LONG));
            r.is_err()
        }
    }

    #[test]
    fn holds() {
        assert!(run());
    }
}

/// A timeout around a deep recursion reaches it at once, and unwinds it innermost first.
mod around_a_recursion {
    use super::*;

    #[vthread]
    #[allow(unconditional_recursion)]
    fn down(n: usize, alive: &AtomicUsize) {
        struct Alive<'a>(&'a AtomicUsize);
        impl Drop for Alive<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        alive.fetch_add(1, Ordering::SeqCst);
        let _alive = Alive(alive);
        if n == 0 {
            sleep(LONG);
        }
        down(n - 1, alive);
    }

    #[vthread]
    fn run(alive: &AtomicUsize) -> bool {
        let r = timeout!(Duration::from_millis(100) => down(10_000, alive));
        r.is_err()
    }

    #[test]
    fn holds() {
        let alive = AtomicUsize::new(0);
        assert!(run(&alive));
        assert_eq!(alive.into_inner(), 0);
    }
}

/// A timeout ends a blocking call in a plain frame below it, and the groups that are open there.
mod around_a_plain_frame {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> bool {
        let result = timeout!(SHORT => {
            let _body = drop_log.object("body");
            let blocks = || {
                let _frame = drop_log.object("frame");
                group! {
                    let object = drop_log.object("child");
                    spawn! { sleep(LONG); drop(object); }
                    sleep(LONG);
                }
                drop_log.note("went on");
            };
            blocks();
            drop_log.note("went on");
        });
        drop_log.note("after");
        result.is_err()
    }

    #[vthread]
    fn in_a_child(drop_log: &DropLog) -> bool {
        group! {
            let task = spawn! { run(drop_log) };
            task.join()
        }
    }

    #[test]
    fn holds() {
        for call in [run, in_a_child] {
            let drop_log = DropLog::new();
            assert!(call(&drop_log));
            assert_eq!(drop_log.trace(), ["child", "frame", "body", "after"]);
        }
    }
}

/// A group whose children were cut off does not return half of the work as the whole.
mod a_group_that_is_cut_off {
    use super::*;

    #[vthread]
    fn count(n: usize) -> usize {
        let done = AtomicUsize::new(0);
        group! {
            for _ in 0..n {
                spawn! {
                    sleep(LONG);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
        done.into_inner()
    }

    #[vthread]
    fn in_time(n: usize) -> Result<usize, Elapsed> {
        timeout!(SHORT => count(n))
    }

    #[vthread]
    fn before_a_winner(n: usize) -> Option<usize> {
        select! {
            n = count(n) => Some(n),
            _ = sleep(SHORT) => None,
        }
    }

    #[test]
    fn holds() {
        assert!(in_time(3).is_err());
        assert_eq!(in_time(0), Ok(0));
        assert_eq!(before_a_winner(3), None);
    }
}
