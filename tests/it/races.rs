//! `race!`: one runner for each item; the first success wins.

use crate::drop_log::DropLog;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Barrier, Mutex, channel};
use vthread::time::sleep;
use vthread::{Failures, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// Fails at once, wins at once, or never ends.
#[vthread]
fn fetch(mirror: &str) -> Result<String, String> {
    yield_now();
    match mirror {
        "down" => Err("is down".to_string()),
        "slow" => {
            sleep(LONG);
            unreachable!()
        }
        mirror => Ok(format!("from {mirror}")),
    }
}

mod cancellation;
mod losers_take_nothing;

mod the_first_success_wins {
    use super::*;

    #[vthread]
    fn run(mirrors: &[&str]) -> Option<String> {
        let result: Result<String, Failures<String>> =
            race!(for mirror in mirrors => fetch(mirror));
        result.ok()
    }

    #[test]
    fn what_else_runs() {
        assert_eq!(
            run(&["slow", "down", "a", "slow"]),
            Some("from a".to_string())
        );
        assert_eq!(run(&["a"]), Some("from a".to_string()));
        assert_eq!(run(&["down", "down"]), None);
    }

    /// All runners finish together: one wins, the values of the others are dropped.
    #[vthread]
    fn together<'a>(drop_log: &'a DropLog, n: usize) -> crate::drop_log::Object<'a> {
        let barrier = Barrier::new(n);
        let won: Result<_, Failures<()>> = race!(error = (), for i in 0..n => {
            let object = drop_log.object(format!("{i}"));
            shield! { barrier.wait(); }
            Ok(object)
        });
        won.unwrap()
    }

    #[test]
    fn one_only() {
        for n in 1..20 {
            let drop_log = DropLog::new();
            let winner = together(&drop_log, n);
            assert_eq!(drop_log.trace().len(), n - 1);
            assert!(!drop_log.trace().contains(&winner.name));
            drop(winner);
            assert_eq!(drop_log.alive(), 0);
        }
    }
}

/// The losers have ended when the race returns its value.
mod losers_are_joined {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<u32, Failures<String>> {
        let (ready, all_ready) = channel::<()>(4);
        let gate = Mutex::new(());
        let won = race!(for i in 0..4 => {
            let _local = drop_log.object(format!("local {i}"));
            if i == 2 {
                for _ in 0..3 {
                    all_ready.recv().unwrap();
                }
                // It holds the lock that a loser waits for.
                let _held = gate.lock();
                Ok::<u32, String>(i)
            } else {
                ready.send(()).unwrap();
                group! {
                    spawn! {
                        let _grandchild = drop_log.object(format!("grandchild {i}"));
                        sleep(LONG);
                    }
                    sleep(LONG);
                }?;
                Err("too late".to_string())
            }
        });
        let _free = gate.try_lock().expect("it is free");
        drop_log.note("won");
        won
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Ok(2));
        drop_log.all_before(&["local 0", "local 1", "local 2", "local 3"], "won");
    }
}

/// Without a winner the race returns all failures, in order of time.
mod failures {
    use super::*;

    /// One at a time: the next one begins when the previous failure is recorded.
    #[vthread]
    fn one_by_one(n: usize) -> Result<(), Failures<usize>> {
        race!(max_concurrency = 1, for i in (0..n).rev() => {
            yield_now();
            Err::<(), usize>(i)
        })
    }

    #[vthread]
    fn at_once(n: usize) -> Result<(), Failures<usize>> {
        race!(for i in 0..n => {
            yield_now();
            Err::<(), usize>(i)
        })
    }

    #[test]
    fn in_order_of_time() {
        for n in [1, 2, 5, 50] {
            let failures = one_by_one(n).unwrap_err();
            assert_eq!(*failures.first(), n - 1);
            let all: Vec<usize> = failures.into_iter().collect();
            assert_eq!(all, (0..n).rev().collect::<Vec<usize>>());
            let mut all: Vec<usize> = at_once(n).unwrap_err().into_iter().collect();
            all.sort_unstable();
            assert_eq!(all, (0..n).collect::<Vec<usize>>());
        }
    }

    #[derive(Debug, PartialEq)]
    struct Broken(String);
    impl From<std::num::ParseIntError> for Broken {
        fn from(error: std::num::ParseIntError) -> Self {
            Broken(error.to_string())
        }
    }

    /// `?` converts; the error type is that of the body, wherever the body fixes it.
    #[vthread]
    fn any_number(words: &[&str]) -> Result<u32, Broken> {
        let n = race!(for word in words => {
            yield_now();
            if word.is_empty() {
                return Err(Broken("empty".to_string()));
            }
            let n: u32 = word.parse()?;
            Ok(n + 1)
        });
        match n {
            Ok(n) => Ok(n),
            Err(failures) => {
                assert_eq!(failures.len(), words.len());
                Err(failures.into_first())
            }
        }
    }

    #[vthread]
    /// With the error type named the body reads like that of a child.
    fn with_error_named(words: &[&str]) -> Option<u32> {
        let n = race!(error = Broken, for word in words => {
            let n: u32 = word.parse()?;
            n
        });
        n.ok()
    }

    #[test]
    fn have_the_type_that_the_body_says() {
        assert_eq!(any_number(&["x", "", "7"]), Ok(8));
        assert_eq!(any_number(&[""]), Err(Broken("empty".to_string())));
        assert!(any_number(&["x", "y"]).is_err());
        assert_eq!(with_error_named(&["x", "5"]), Some(5));
        assert_eq!(with_error_named(&["x"]), None);
    }
}

mod no_runner {
    use super::*;

    #[vthread]
    fn otherwise(words: &[&str]) -> Result<u32, String> {
        let n = race!(for word in words => {
            word.parse::<u32>().map_err(|_| word.to_string())
        }, else => {
            yield_now();
            return Err("no runner".to_string());
        });
        n.map_err(Failures::into_first)
    }

    #[vthread]
    fn without() -> bool {
        let result: Result<(), Failures<()>> = race!(for n in Vec::<u32>::new() => {
            sleep(SHORT * n);
            Ok(())
        });
        result.is_ok()
    }

    #[test]
    fn is_what_else_says() {
        assert_eq!(otherwise(&[]), Err("no runner".to_string()));
        assert_eq!(otherwise(&["7"]), Ok(7));
        assert_eq!(otherwise(&["x"]), Err("x".to_string()));
        assert!(catch_unwind(without).is_err());
    }
}

mod captures {
    use super::*;

    /// Variables of the pattern move, outer ones are borrowed, temporaries of the collection live
    /// on.
    #[vthread]
    #[allow(clippy::iter_cloned_collect)]
    fn run(
        pairs: Vec<(String, usize)>,
        seen: &Mutex<Vec<usize>>,
    ) -> Result<usize, Failures<String>> {
        let offset = String::from("abc");
        let not_send = Rc::new(7);
        let won = race!(for (name, n) in pairs.iter().cloned().collect::<Vec<_>>() => {
            let Some(first) = name.chars().next() else {
                return Err(name);
            };
            yield_now();
            seen.lock().push(n);
            Ok(n + offset.len() + usize::from(first == 'x'))
        });
        assert_eq!(*not_send, 7);
        drop((offset, pairs));
        won
    }

    #[vthread]
    fn of_temporaries() -> Option<usize> {
        let won: Result<usize, Failures<()>> = race!(error = (), for word in ["a".to_string(), "b".to_string()].iter() => {
            yield_now();
            Ok(word.len())
        });
        won.ok()
    }

    #[test]
    fn hold() {
        let seen = Mutex::new(Vec::new());
        let pairs = vec![(String::new(), 1), ("x".to_string(), 2)];
        assert_eq!(run(pairs, &seen), Ok(6));
        assert_eq!(seen.into_inner(), [2]);
        assert_eq!(of_temporaries(), Some(1));
    }
}

mod limits {
    use super::*;

    /// An endless collection: no more runners than the limit, none after the first success.
    #[vthread]
    fn run(running: &AtomicUsize, most: &AtomicUsize) -> Result<usize, Failures<String>> {
        race!(max_concurrency = 3, name = "numbers", for n in 0.. => {
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..5 {
                yield_now();
            }
            running.fetch_sub(1, Ordering::SeqCst);
            if n == 20 { Ok(n) } else { Err(format!("{n}")) }
        })
    }

    #[test]
    fn hold() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        assert_eq!(run(&running, &most), Ok(20));
        assert!(most.into_inner() <= 3);
    }
}

mod panics {
    use super::*;

    #[vthread]
    fn run(late: bool) -> Result<u32, Failures<String>> {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                resume_unwind(Box::new("bomb"));
            }
        }
        let (ready, is_ready) = channel::<()>(1);
        race!(for i in 0..2 => {
            if i == 0 {
                let _bomb = Bomb;
                ready.send(()).unwrap();
                if late {
                    sleep(LONG);
                }
                Err("never".to_string())
            } else {
                is_ready.recv().unwrap();
                if late { Ok(1) } else { fetch("slow").map(|_| 2) }
            }
        })
    }

    #[test]
    fn outrank_errors_and_winners() {
        for late in [false, true] {
            let payload = catch_unwind(AssertUnwindSafe(|| run(late))).unwrap_err();
            assert_eq!(*payload.downcast::<&str>().unwrap(), "bomb");
        }
    }
}

mod places {
    use super::*;

    #[vthread]
    fn nested(rounds: &[&[&str]]) -> Result<String, String> {
        let won = race!(error = String, for mirrors in rounds => {
            race!(for mirror in *mirrors => fetch(mirror)).map_err(Failures::into_first)
        });
        won.map_err(|failures| failures.iter().cloned().collect::<Vec<_>>().join(", "))
    }

    #[vthread]
    fn in_a_group() -> Result<Vec<String>, String> {
        group! {
            let tasks = [["down", "a"], ["b", "slow"]].map(|mirrors| {
                spawn! { race!(for mirror in mirrors => fetch(mirror)).map_err(Failures::into_first) }
            });
            let mut all = Vec::new();
            for task in tasks {
                all.push(task.join());
            }
            all
        }
    }

    /// A `spawn!` in a runner goes to the surrounding group, which continues after the race.
    #[vthread]
    fn spawning() -> usize {
        let n = AtomicUsize::new(0);
        group! {
            let won: Result<(), Failures<()>> = race!(error = (), for i in 0..3 => {
                spawn! {
                    yield_now();
                    n.fetch_add(i, Ordering::SeqCst);
                }
                shield! { yield_now(); }
                Err(())
            });
            assert!(won.is_err());
        }
        n.into_inner()
    }

    fn plainly(mirrors: &[&str]) -> Option<String> {
        race!(for mirror in mirrors => fetch(mirror)).ok()
    }

    #[test]
    fn where_it_may_stand() {
        assert_eq!(
            nested(&[&["down", "slow"], &["down", "a"]]),
            Ok("from a".to_string())
        );
        assert_eq!(
            nested(&[&["down"], &["down"]]),
            Err("is down, is down".to_string())
        );
        assert_eq!(in_a_group().unwrap(), ["from a", "from b"]);
        assert_eq!(spawning(), 3);
        assert_eq!(plainly(&["down", "a"]), Some("from a".to_string()));
        let closure = || race!(for mirror in ["down", "b"] => fetch(mirror)).ok();
        assert_eq!(closure(), Some("from b".to_string()));
    }
}
