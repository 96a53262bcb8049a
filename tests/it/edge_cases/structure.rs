//! Edge cases 21 to 23: empty groups; ways out of a body; failures of inner groups.

use crate::drop_log::DropLog;
use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, Notify, channel};
use vthread::time::sleep;
use vthread::{Failures, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

mod case_21_an_empty_group {
    use super::*;

    #[vthread]
    fn is_no_checkpoint(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, all_ready) = channel::<()>(2);
        let (going_on, cancelled) = channel::<()>(1);
        group! {
            let ready = &ready;
            spawn!(move => {
                let _going_on = going_on;
                ready.send(()).unwrap();
                sleep(LONG);
            });
            spawn! {
                shield! {
                    ready.send(()).unwrap();
                    // Until the other one is dropped, and both are marked.
                    assert!(cancelled.recv().is_err());
                }
                for _ in 0..1_000 {
                    group! {}?;
                    group!(max_concurrency = 1 => {})?;
                }
                drop_log.note("behind the groups");
                yield_now();
                drop_log.note("too far");
            }
            all_ready.recv().unwrap();
            all_ready.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    /// How often the second branch is polled until the first one, which is ready, has ended.
    #[vthread]
    fn is_no_yield() -> usize {
        let polls = Cell::new(0);
        select! {
            _ = {
                for _ in 0..1_000 {
                    group! {}
                }
            } => polls.get(),
            _ = poll_fn(|_| {
                polls.set(polls.get() + 1);
                Poll::<()>::Pending
            }).await => unreachable!(),
        }
    }

    #[vthread]
    fn is_no_error() -> Result<(u32, ()), String> {
        group! {}?;
        let one = group! { 1 }?;
        group!(on_failure = keep => {})?;
        let all: Result<(), Failures<String>> = group!(on_failure = collect => {});
        Ok((one, all.map_err(Failures::into_first)?))
    }

    #[test]
    fn is_nothing() {
        let drop_log = DropLog::new();
        assert_eq!(is_no_checkpoint(&drop_log), Err("stop"));
        assert_eq!(drop_log.trace(), ["behind the groups"]);
        assert!(is_no_yield() <= 1);
        assert_eq!(is_no_error(), Ok((1, ())));
    }
}

/// They leave it normally: the children are joined first, then control goes to the target.
mod case_22_ways_out_of_a_body {
    use super::*;

    #[vthread]
    fn returns(drop_log: &DropLog, early: bool) -> Result<&'static str, String> {
        let _function = drop_log.object("function");
        group! {
            spawn! {
                sleep(SHORT);
                drop_log.note("child");
            }
            if early {
                return Ok("early");
            }
        }?;
        drop_log.note("behind");
        Ok("late")
    }

    #[vthread]
    fn returns_without_error(drop_log: &DropLog) -> Option<u32> {
        let _function = drop_log.object("function");
        group! {
            spawn! {
                sleep(SHORT);
                drop_log.note("child");
            }
            let n: Option<u32> = None;
            n?;
            return Some(1);
        }
    }

    #[vthread]
    fn breaks(drop_log: &DropLog) -> u32 {
        let mut rounds = 0;
        let value = 'outer: loop {
            rounds += 1;
            for i in 0..3 {
                group! {
                    spawn! {
                        yield_now();
                        drop_log.note(format!("child {rounds}.{i}"));
                    }
                    match (rounds, i) {
                        (1, 0) => continue,
                        (1, _) => break,
                        (2, _) => continue 'outer,
                        _ => break 'outer 7,
                    }
                }
            }
            drop_log.note("after the loop");
        };
        let labelled = 'block: {
            group! {
                spawn! {
                    yield_now();
                    drop_log.note("last child");
                }
                break 'block 3;
            }
        };
        drop_log.note("end");
        value + labelled
    }

    #[vthread]
    fn nested(drop_log: &DropLog) -> Result<u32, String> {
        let (noted, is_noted) = channel::<()>(1);
        group! {
            spawn! { is_noted.recv().unwrap(); drop_log.note("outer child"); }
            group! {
                spawn! { drop_log.note("inner child"); noted.send(()).unwrap(); }
                return Ok(5);
            }?;
        }?;
        Ok(0)
    }

    #[vthread::test(seeds = 10)]
    fn join_first() {
        let drop_log = DropLog::new();
        assert_eq!(returns(&drop_log, true), Ok("early"));
        assert_eq!(drop_log.trace(), ["child", "function"]);
        let drop_log = DropLog::new();
        assert_eq!(returns(&drop_log, false), Ok("late"));
        assert_eq!(drop_log.trace(), ["child", "behind", "function"]);
        let drop_log = DropLog::new();
        assert_eq!(returns_without_error(&drop_log), None);
        assert_eq!(drop_log.trace(), ["child", "function"]);
        let drop_log = DropLog::new();
        assert_eq!(breaks(&drop_log), 10);
        let expected = [
            "child 1.0",
            "child 1.1",
            "after the loop",
            "child 2.0",
            "child 3.0",
            "last child",
            "end",
        ];
        assert_eq!(drop_log.trace(), expected);
        let drop_log = DropLog::new();
        assert_eq!(nested(&drop_log), Ok(5));
        assert_eq!(drop_log.trace(), ["inner child", "outer child"]);
    }

    /// The body leaves early, and a child fails while it is joined: the failure is not lost.
    #[vthread]
    fn leaves_while_a_child_fails() -> Result<&'static str, String> {
        group! {
            spawn! {
                sleep(SHORT);
                Err("child".to_string())?;
            }
            return Ok("early");
        }?;
        Ok("late")
    }

    #[vthread::test(seeds = 10)]
    fn lose_no_failure() {
        assert_eq!(leaves_while_a_child_fails(), Err("child".to_string()));
    }
}

/// The bodies of `timeout!` and `shield!` behave alike (branches of `select!`: edge case 17).
mod case_22_timeouts_and_shields_are_left_alike {
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

/// An inner group's error is a value in the code around it; only `?` fails the outer one.
mod case_23_nested_failure {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog, hands_on: bool) -> Result<u32, String> {
        let inner_is_over = Notify::new();
        group! {
            let sibling = spawn! {
                inner_is_over.notified();
                drop_log.note("the sibling ends");
                1
            };
            let inner: Result<u32, String> = group! {
                spawn! { drop_log.note("inner"); Err("inner".to_string())?; }
                sleep(LONG);
                2
            };
            if hands_on {
                inner?;
            } else {
                assert_eq!(inner, Err("inner".to_string()));
            }
            drop_log.note("the body goes on");
            inner_is_over.notify_one();
            sibling.join() + 10
        }
    }

    #[test]
    fn is_a_value() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log, false), Ok(11));
        assert_eq!(
            drop_log.trace(),
            ["inner", "the body goes on", "the sibling ends"]
        );
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log, true), Err("inner".to_string()));
        assert_eq!(drop_log.trace(), ["inner"]);
    }
}
