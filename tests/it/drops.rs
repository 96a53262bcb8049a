//! Drops: every destructor of every child runs before the parent's frame continues, and nothing
//! leaks; in success, error, panic, nested failure, and cancellation at depth 3.

use crate::drop_log::{DropLog, Object};
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
    fn run(drop_log: &DropLog) {
        let _parent = drop_log.object("parent");
        group! {
            for name in ["a", "b", "c"] {
                let object = drop_log.object(name);
                spawn! {
                    yield_now();
                    let _local = drop_log.object(format!("{name} local"));
                    yield_now();
                    drop(object);
                }
            }
        }
        drop_log.note("after");
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        run(&drop_log);
        drop_log.all_before(&["a", "b", "c", "a local", "b local", "c local"], "after");
        assert!(drop_log.at("after") < drop_log.at("parent"));
    }
}

mod error {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), String> {
        let result = group! {
            let _body = drop_log.object("body");
            for name in ["a", "b"] {
                let object = drop_log.object(name);
                spawn! { rest(); drop(object); }
            }
            spawn! { yield_now(); Err("first".to_string())?; }
            rest();
            drop_log.note("the body went on");
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("first".to_string()));
        drop_log.all_before(&["body", "a", "b"], "after");
        assert!(!drop_log.trace().contains(&"the body went on".to_string()));
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
    fn run(drop_log: &DropLog) -> Result<(), String> {
        let result = group! {
            let object = drop_log.object("child");
            spawn! { rest(); drop(object); }
            let _body = drop_log.object("body");
            fails()?;
            drop_log.note("the body went on");
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("body".to_string()));
        drop_log.all_before(&["body", "child"], "after");
        assert!(!drop_log.trace().contains(&"the body went on".to_string()));
    }
}

mod panic_of_a_child {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        let _parent = drop_log.object("parent");
        group! {
            let _body = drop_log.object("body");
            let object = drop_log.object("child");
            spawn! { rest(); drop(object); }
            spawn! {
                let _own = drop_log.object("panicking");
                yield_now();
                resume_unwind(Box::new(17));
            }
            rest();
        }
        drop_log.note("after");
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<i32>().unwrap(), 17);
        drop_log.all_before(&["body", "child", "panicking"], "parent");
        assert!(!drop_log.trace().contains(&"after".to_string()));
    }
}

mod panic_of_the_body {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        let _parent = drop_log.object("parent");
        group! {
            let object = drop_log.object("child");
            spawn! { rest(); drop(object); }
            let _body = drop_log.object("body");
            yield_now();
            resume_unwind(Box::new("body"));
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "body");
        drop_log.all_before(&["body", "child"], "parent");
    }
}

mod a_panic_outranks_an_error {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), String> {
        let (tx, rx) = channel::<()>(1);
        group! {
            // The destructor panics because the other's error cancels this child.
            struct Bomb;
            impl Drop for Bomb {
                fn drop(&mut self) {
                    resume_unwind(Box::new("bomb"));
                }
            }
            let object = drop_log.object("behind the bomb");
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
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "bomb");
        assert_eq!(drop_log.alive(), 0);
    }
}

mod nested_failure {
    use super::*;

    #[vthread]
    fn inner(drop_log: &DropLog, fails: bool) -> Result<(), String> {
        let _frame = drop_log.object("inner frame");
        group! {
            let object = drop_log.object("grandchild");
            spawn! { rest(); drop(object); }
            spawn! { yield_now(); if fails { Err("inner".to_string())?; } rest(); }
        }?;
        Ok(())
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), String> {
        let result = group! {
            let object = drop_log.object("sibling");
            spawn! { rest(); drop(object); }
            spawn! { inner(drop_log, true)?; }
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("inner".to_string()));
        drop_log.all_before(&["grandchild", "inner frame", "sibling"], "after");
        assert!(drop_log.at("grandchild") < drop_log.at("inner frame"));
    }
}

mod cancellation_at_depth_three {
    use super::*;

    #[vthread]
    fn level(drop_log: &DropLog, depth: usize, ready: &vthread::sync::Sender<()>) {
        let _frame = drop_log.object(format!("frame {depth}"));
        group! {
            let object = drop_log.object(format!("capture {depth}"));
            if depth == 3 {
                spawn! {
                    let _local = drop_log.object("leaf");
                    let _ = ready.send(());
                    rest();
                    drop(object);
                }
            } else {
                spawn! {
                    let _object = object;
                    level(drop_log, depth + 1, ready);
                }
            }
            let _body = drop_log.object(format!("body {depth}"));
            rest();
        }
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), String> {
        let (tx, rx) = channel::<()>(1);
        let result = group! {
            spawn! { level(drop_log, 1, &tx); }
            rx.recv().unwrap();
            Err::<(), String>("stop".to_string())?;
        };
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("stop".to_string()));
        drop_log.all_before(
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
        // Children before the locals that they borrow, a group's own body before its children.
        for (before, then) in [
            ("leaf", "frame 3"),
            ("capture 3", "frame 3"),
            ("frame 3", "frame 2"),
            ("frame 2", "frame 1"),
            ("body 3", "frame 3"),
        ] {
            assert!(
                drop_log.at(before) < drop_log.at(then),
                "{:?}",
                drop_log.trace()
            );
        }
    }
}

mod values_that_are_not_taken {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        group! {
            for i in 0..10 {
                spawn! { yield_now(); drop_log.object(format!("value {i}")) };
            }
        }
        drop_log.note("after");
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        run(&drop_log);
        let names: Vec<String> = (0..10).map(|i| format!("value {i}")).collect();
        drop_log.all_before(
            &names.iter().map(String::as_str).collect::<Vec<_>>(),
            "after",
        );
    }
}

mod values_live_with_their_handles {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        let kept: vthread::Task<Object<'_>> = group! {
            let kept = spawn! { drop_log.object("kept") };
            kept
        };
        drop_log.note("after");
        let object = kept.join();
        drop_log.note(format!("joined {}", object.name));
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        run(&drop_log);
        assert_eq!(drop_log.trace(), ["after", "joined kept", "kept"]);
        assert_eq!(drop_log.alive(), 0);
    }
}

mod captures_of_a_child_that_never_ran {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) {
        group!(g => {
            g.cancel();
            for i in 0..3 {
                let object = drop_log.object(format!("capture {i}"));
                spawn! {
                    drop_log.note("ran");
                    drop(object);
                }
            }
        });
        drop_log.note("after");
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        run(&drop_log);
        drop_log.all_before(&["capture 0", "capture 1", "capture 2"], "after");
        assert!(!drop_log.trace().contains(&"ran".to_string()));
    }
}
