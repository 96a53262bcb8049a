//! `timeout!` and `shield!`: bodies with an end of their own.

use crate::ledger::Ledger;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::{Elapsed, sleep};
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

mod a_body_in_time_gives_its_value {
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

mod a_body_out_of_time_is_dropped {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), Elapsed> {
        let result = timeout!(SHORT => {
            let _body = ledger.object("body");
            group! {
                let object = ledger.object("child");
                spawn! { sleep(LONG); drop(object); }
                let _inner = ledger.object("inner");
                sleep(LONG);
            }?;
            ledger.note("went on");
        });
        ledger.note("after");
        yield_now();
        ledger.note("later");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert!(run(&ledger).is_err());
        ledger.all_before(&["inner", "child", "body"], "after");
        assert!(ledger.at("child") < ledger.at("body"));
        assert!(ledger.trace().contains(&"later".to_string()));
        assert!(!ledger.trace().contains(&"went on".to_string()));
    }
}

mod a_zero_timeout {
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

/// `?`, `return`, `break`, `continue` leave the body as they would leave a block.
mod ways_out {
    use super::*;

    #[vthread]
    fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
        let doubled = timeout!(LONG => {
            yield_now();
            let n: u32 = text.parse()?;
            if n == 100 {
                return Ok(1);
            }
            2 * n
        });
        Ok(doubled.unwrap())
    }

    #[vthread]
    fn option(n: Option<u32>) -> Option<u32> {
        let doubled = shield! {
            yield_now();
            let n = n?;
            if n == 100 {
                return None;
            }
            2 * n
        };
        Some(doubled + 1)
    }

    #[vthread]
    fn loops() -> Vec<u32> {
        let mut seen = Vec::new();
        'outer: for i in 0..10 {
            for k in 0..10 {
                let r = timeout!(LONG => {
                    yield_now();
                    if k == 1 {
                        continue 'outer;
                    }
                    if i == 3 {
                        break 'outer;
                    }
                    i
                });
                seen.push(r.unwrap());
            }
        }
        let last = loop {
            shield! {
                yield_now();
                break 99;
            }
        };
        seen.push(last);
        seen
    }

    #[vthread]
    fn in_groups(fails: bool) -> Result<u32, String> {
        let n = group! {
            let task = spawn! {
                let inner = timeout!(LONG => {
                    yield_now();
                    if fails {
                        Err("child".to_string())?;
                    }
                    5
                });
                inner.unwrap()
            };
            let body = shield! {
                yield_now();
                if fails {
                    // The child's error is the group's: this is not reached, or comes later.
                    sleep(SHORT);
                }
                6
            };
            task.join() + body
        }?;
        Ok(n)
    }

    #[vthread]
    fn spawns_inside(words: &[&str]) -> usize {
        let total = Mutex::new(0);
        group! {
            for word in words {
                let r = timeout!(LONG => {
                    spawn! { yield_now(); *total.lock() += word.len(); }
                    yield_now();
                });
                r.unwrap();
            }
        }
        total.into_inner()
    }

    #[test]
    fn hold() {
        assert_eq!(parse("21"), Ok(42));
        assert_eq!(parse("100"), Ok(1));
        assert!(parse("x").is_err());
        assert_eq!(option(Some(2)), Some(5));
        assert_eq!(option(None), None);
        assert_eq!(option(Some(100)), None);
        assert_eq!(loops(), [0, 1, 2, 99]);
        assert_eq!(in_groups(false), Ok(11));
        assert_eq!(in_groups(true), Err("child".to_string()));
        assert_eq!(spawns_inside(&["a", "bcd"]), 4);
    }
}

/// Plain code: they block.
#[test]
fn in_plain_functions() {
    assert_eq!(timeout!(LONG => { yield_now(); 3 }), Ok(3));
    assert!(timeout!(SHORT => sleep(LONG)).is_err());
    let n = shield! { yield_now(); 4 };
    assert_eq!(n, 4);
}

mod a_shield_postpones {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), &'static str> {
        let (ready, all_ready) = channel::<()>(2);
        let (go, gone) = channel::<()>(1);
        group! {
            spawn! {
                let _frame = ledger.object("frame");
                shield! {
                    ready.send(()).unwrap();
                    // Cancelled from here on.
                    gone.recv().unwrap();
                    for _ in 0..10 {
                        yield_now();
                    }
                    ledger.note("shielded");
                }
                ledger.note("right after");
                yield_now();
                ledger.note("too far");
            }
            // It lets the shielded one go on after the cancellation.
            spawn! {
                shield! {
                    ready.send(()).unwrap();
                    sleep(SHORT);
                    go.send(()).unwrap();
                }
            }
            all_ready.recv().unwrap();
            all_ready.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err("stop"));
        assert_eq!(ledger.trace(), ["shielded", "right after", "frame"]);
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

/// The smallest enclosing deadline wins; an inner one that is later does not matter.
mod nested_timeouts {
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

    #[test]
    fn holds() {
        assert_eq!(run(), (true, true));
    }
}

/// An outer cancellation wins over an inner timeout: the code after the `timeout!` does not run.
mod outer_cancellation_wins {
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

/// A timeout around a deep recursion reaches it at once, and unwinds it innermost first.
mod around_a_recursion {
    use super::*;

    #[vthread]
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
    fn run(ledger: &Ledger) -> bool {
        let result = timeout!(SHORT => {
            let _body = ledger.object("body");
            let blocks = || {
                let _frame = ledger.object("frame");
                group! {
                    let object = ledger.object("child");
                    spawn! { sleep(LONG); drop(object); }
                    sleep(LONG);
                }
                ledger.note("went on");
            };
            blocks();
            ledger.note("went on");
        });
        ledger.note("after");
        result.is_err()
    }

    #[vthread]
    fn in_a_child(ledger: &Ledger) -> bool {
        group! {
            let task = spawn! { run(ledger) };
            task.join()
        }
    }

    #[test]
    fn holds() {
        for call in [run, in_a_child] {
            let ledger = Ledger::new();
            assert!(call(&ledger));
            assert_eq!(ledger.trace(), ["child", "frame", "body", "after"]);
        }
    }
}

/// A group whose children were cut off lets nobody take half of the work for the whole.
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
