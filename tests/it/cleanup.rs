//! `defer!`: cleanup that may suspend, however its block ends.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);

type Log = Mutex<Vec<String>>;

#[vthread]
fn note(log: &Log, what: &str) {
    yield_now();
    log.lock().push(what.to_string());
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut *log.lock().block())
}

mod every_kind_of_end {
    use super::*;

    #[vthread]
    fn parse(log: &Log, text: &str) -> Result<i32, std::num::ParseIntError> {
        defer! { note(log, "first"); }
        note(log, "between");
        defer! {
            yield_now();
            note(log, "second");
        }
        if text == "early" {
            return Ok(-1);
        }
        let n: i32 = text.parse()?;
        if n < 0 {
            resume_unwind(Box::new(n));
        }
        note(log, "tail");
        Ok(n * 2)
    }

    #[vthread]
    fn in_a_loop(log: &Log) -> u32 {
        let mut n = 0;
        loop {
            defer! { note(log, "turn"); }
            n += 1;
            if n == 2 {
                continue;
            }
            if n == 3 {
                break n;
            }
        }
    }

    #[test]
    fn hold() {
        let log = Log::new(Vec::new());
        assert_eq!(parse(&log, "21"), Ok(42));
        assert_eq!(taken(&log), ["between", "tail", "second", "first"]);
        assert_eq!(parse(&log, "early"), Ok(-1));
        assert_eq!(taken(&log), ["between", "second", "first"]);
        assert!(parse(&log, "x").is_err());
        assert_eq!(taken(&log), ["between", "second", "first"]);
        let payload = catch_unwind(AssertUnwindSafe(|| parse(&log, "-3"))).unwrap_err();
        assert_eq!(*payload.downcast::<i32>().unwrap(), -3);
        assert_eq!(taken(&log), ["between", "second", "first"]);
        assert_eq!(in_a_loop(&log), 3);
        assert_eq!(taken(&log), ["turn", "turn", "turn"]);
    }
}

mod cancellation {
    use super::*;

    #[vthread]
    fn held(log: &Log, tx: &vthread::sync::Sender<()>) {
        defer! {
            for _ in 0..3 {
                yield_now();
            }
            note(log, "outer cleanup");
        }
        group! {
            spawn! {
                defer! { note(log, "child cleanup"); }
                tx.send(()).unwrap();
                sleep(LONG);
                note(log, "went on");
            }
            defer! { note(log, "body cleanup"); }
            sleep(LONG);
            note(log, "went on");
        }
        note(log, "went on");
    }

    #[vthread]
    fn run(log: &Log) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        let result = group! {
            spawn! { held(log, &tx); }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        };
        note(log, "after");
        result
    }

    #[test]
    fn holds() {
        for _ in 0..100 {
            let log = Log::new(Vec::new());
            assert_eq!(run(&log), Err("stop"));
            let mut notes = taken(&log);
            assert_eq!(notes.pop().unwrap(), "after");
            assert_eq!(notes.pop().unwrap(), "outer cleanup");
            notes.sort();
            assert_eq!(notes, ["body cleanup", "child cleanup"]);
        }
    }
}

mod in_children {
    use super::*;

    #[vthread]
    fn run(log: &Log, k: i32) -> Result<i32, String> {
        group! {
            let task = spawn! {
                defer! { note(log, "child"); }
                if k == 1 {
                    return Ok(100);
                }
                if k == 2 {
                    return Err("two".into());
                }
                yield_now();
                if k == 3 { Err("three".to_string()) } else { Ok(k) }
            };
            task.join() + 1
        }
    }

    #[test]
    fn hold() {
        let log = Log::new(Vec::new());
        assert_eq!(run(&log, 0), Ok(1));
        assert_eq!(run(&log, 1), Ok(101));
        assert_eq!(run(&log, 2), Err("two".to_string()));
        assert_eq!(run(&log, 3), Err("three".to_string()));
        assert_eq!(taken(&log), ["child"; 4]);
    }
}

/// `return` from a group, a timeout or a shield inside a child ends the child.
mod returns_out_of_nested_bodies_in_children {
    use super::*;

    #[vthread]
    fn run(k: i32) -> Result<i32, String> {
        group! {
            let task = spawn! {
                group! {
                    spawn! { yield_now(); }
                    if k == 1 {
                        return Ok(10);
                    }
                    if k == 2 {
                        return Err("two".into());
                    }
                }?;
                let r = timeout!(LONG => {
                    if k == 3 {
                        return Ok(30);
                    }
                    k
                });
                r.unwrap()
            };
            task.join()
        }
    }

    #[test]
    fn hold() {
        assert_eq!(run(0), Ok(0));
        assert_eq!(run(1), Ok(10));
        assert_eq!(run(2), Err("two".to_string()));
        assert_eq!(run(3), Ok(30));
    }
}

/// The cleanup sees the changes that the rest of the block made to its variables.
mod the_cleanup_borrows_after_the_rest {
    use super::*;

    #[vthread]
    fn run(out: &Mutex<usize>) -> usize {
        let mut items = vec![1, 2, 3];
        defer! { *out.lock() += items.len(); }
        yield_now();
        items.push(4);
        items.len()
    }

    #[test]
    fn holds() {
        let out = Mutex::new(0);
        assert_eq!(run(&out), 4);
        assert_eq!(out.into_inner(), 4);
    }
}
