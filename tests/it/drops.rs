//! Every destructor of every child runs before the parent's frame goes on, and nothing leaks:
//! in success, error, panic, nested failure, and cancellation at depth 3.

use crate::ledger::{Ledger, Object};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);

#[vthread]
fn rest() {
    sleep(LONG);
}

mod success {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        let _parent = ledger.object("parent");
        group! {
            for name in ["a", "b", "c"] {
                let object = ledger.object(name);
                spawn! {
                    yield_now();
                    let _local = ledger.object(format!("{name} local"));
                    yield_now();
                    drop(object);
                }
            }
        }
        ledger.note("after");
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        run(&ledger);
        ledger.all_before(&["a", "b", "c", "a local", "b local", "c local"], "after");
        assert!(ledger.at("after") < ledger.at("parent"));
    }
}

mod error {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), String> {
        let result = group! {
            let _body = ledger.object("body");
            for name in ["a", "b"] {
                let object = ledger.object(name);
                spawn! { rest(); drop(object); }
            }
            spawn! { yield_now(); Err("first".to_string())?; }
            rest();
            ledger.note("the body went on");
        };
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err("first".to_string()));
        ledger.all_before(&["body", "a", "b"], "after");
        assert!(!ledger.trace().contains(&"the body went on".to_string()));
    }
}

mod error_of_the_body {
    use super::*;

    #[vthread]
    fn fails() -> Result<(), String> {
        yield_now();
        Err("body".to_string())
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), String> {
        let result = group! {
            let object = ledger.object("child");
            spawn! { rest(); drop(object); }
            let _body = ledger.object("body");
            fails()?;
            ledger.note("the body went on");
        };
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err("body".to_string()));
        ledger.all_before(&["body", "child"], "after");
        assert!(!ledger.trace().contains(&"the body went on".to_string()));
    }
}

mod panic_of_a_child {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        let _parent = ledger.object("parent");
        group! {
            let _body = ledger.object("body");
            let object = ledger.object("child");
            spawn! { rest(); drop(object); }
            spawn! {
                let _own = ledger.object("panicking");
                yield_now();
                resume_unwind(Box::new(17));
            }
            rest();
        }
        ledger.note("after");
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&ledger))).unwrap_err();
        assert_eq!(*payload.downcast::<i32>().unwrap(), 17);
        ledger.all_before(&["body", "child", "panicking"], "parent");
        assert!(!ledger.trace().contains(&"after".to_string()));
    }
}

mod panic_of_the_body {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        let _parent = ledger.object("parent");
        group! {
            let object = ledger.object("child");
            spawn! { rest(); drop(object); }
            let _body = ledger.object("body");
            yield_now();
            resume_unwind(Box::new("body"));
        }
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&ledger))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "body");
        ledger.all_before(&["body", "child"], "parent");
    }
}

mod a_panic_outranks_an_error {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), String> {
        let (tx, rx) = channel::<()>(1);
        group! {
            // The destructor panics because the other's error cancels this child.
            struct Bomb;
            impl Drop for Bomb {
                fn drop(&mut self) {
                    resume_unwind(Box::new("bomb"));
                }
            }
            let object = ledger.object("behind the bomb");
            spawn! {
                let _object = object;
                let _bomb = Bomb;
                tx.send(()).unwrap();
                rest();
            }
            spawn! { rx.recv().unwrap(); Err("error".to_string())?; }
        }
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&ledger))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "bomb");
        assert_eq!(ledger.alive(), 0);
    }
}

mod nested_failure {
    use super::*;

    #[vthread]
    fn inner(ledger: &Ledger, fails: bool) -> Result<(), String> {
        let _frame = ledger.object("inner frame");
        group! {
            let object = ledger.object("grandchild");
            spawn! { rest(); drop(object); }
            spawn! { yield_now(); if fails { Err("inner".to_string())?; } rest(); }
        }?;
        Ok(())
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), String> {
        let result = group! {
            let object = ledger.object("sibling");
            spawn! { rest(); drop(object); }
            spawn! { inner(ledger, true)?; }
        };
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err("inner".to_string()));
        ledger.all_before(&["grandchild", "inner frame", "sibling"], "after");
        assert!(ledger.at("grandchild") < ledger.at("inner frame"));
    }
}

mod cancellation_at_depth_three {
    use super::*;

    #[vthread]
    fn level(ledger: &Ledger, depth: usize, ready: &vthread::sync::Sender<()>) {
        let _frame = ledger.object(format!("frame {depth}"));
        group! {
            let object = ledger.object(format!("capture {depth}"));
            if depth == 3 {
                spawn! {
                    let _local = ledger.object("leaf");
                    let _ = ready.send(());
                    rest();
                    drop(object);
                }
            } else {
                spawn! {
                    let _object = object;
                    level(ledger, depth + 1, ready);
                }
            }
            let _body = ledger.object(format!("body {depth}"));
            rest();
        }
    }

    #[vthread]
    fn run(ledger: &Ledger) -> Result<(), String> {
        let (tx, rx) = channel::<()>(1);
        let result = group! {
            spawn! { level(ledger, 1, &tx); }
            rx.recv().unwrap();
            Err::<(), String>("stop".to_string())?;
        };
        ledger.note("after");
        result
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        assert_eq!(run(&ledger), Err("stop".to_string()));
        ledger.all_before(
            &[
                "frame 1",
                "body 1",
                "capture 1",
                "frame 2",
                "body 2",
                "capture 2",
                "frame 3",
                "body 3",
                "capture 3",
                "leaf",
            ],
            "after",
        );
        // Children before what they borrow, a group's own body before its children.
        for (before, then) in [
            ("leaf", "frame 3"),
            ("capture 3", "frame 3"),
            ("frame 3", "frame 2"),
            ("frame 2", "frame 1"),
            ("body 3", "frame 3"),
        ] {
            assert!(ledger.at(before) < ledger.at(then), "{:?}", ledger.trace());
        }
    }
}

mod values_that_nobody_takes {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        group! {
            for i in 0..10 {
                spawn! { yield_now(); ledger.object(format!("value {i}")) };
            }
        }
        ledger.note("after");
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        run(&ledger);
        let names: Vec<String> = (0..10).map(|i| format!("value {i}")).collect();
        ledger.all_before(
            &names.iter().map(String::as_str).collect::<Vec<_>>(),
            "after",
        );
    }
}

mod values_live_with_their_handles {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        let kept: vthread::Task<Object<'_>> = group! {
            let kept = spawn! { ledger.object("kept") };
            kept
        };
        ledger.note("after");
        let object = kept.join();
        ledger.note(format!("joined {}", object.name));
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        run(&ledger);
        assert_eq!(ledger.trace(), ["after", "joined kept", "kept"]);
        assert_eq!(ledger.alive(), 0);
    }
}

mod captures_of_a_child_that_never_ran {
    use super::*;

    #[vthread]
    fn run(ledger: &Ledger) {
        group!(g => {
            g.cancel();
            for i in 0..3 {
                let object = ledger.object(format!("capture {i}"));
                spawn! {
                    ledger.note("ran");
                    drop(object);
                }
            }
        });
        ledger.note("after");
    }

    #[test]
    fn holds() {
        let ledger = Ledger::new();
        run(&ledger);
        ledger.all_before(&["capture 0", "capture 1", "capture 2"], "after");
        assert!(!ledger.trace().contains(&"ran".to_string()));
    }
}
