//! Edge cases 26 to 29: `keep` and panics; tails; where error types are known; what must be `Send`.

use crate::drop_log::DropLog;
use std::cell::RefCell;
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);

/// `keep` concerns errors; a panic always cancels.
mod case_26_keep_and_panics {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), String> {
        group!(on_failure = keep => {
            let failed = spawn! { Err::<(), _>("kept".to_string())?; };
            let _object = drop_log.object("body");
            let (ready, is_ready) = channel::<()>(1);
            spawn!(move => {
                let _object = drop_log.object("sleeper");
                ready.send(()).unwrap();
                sleep(LONG);
                drop_log.note("went on");
            });
            is_ready.recv().unwrap();
            assert_eq!(failed.join(), Err("kept".to_string()));
            drop_log.note("an error cancels no sibling");
            spawn! { resume_unwind(Box::new("panic")); }
            sleep(LONG);
            drop_log.note("went on");
        })
    }

    #[test]
    fn cancels() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(std::panic::AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "panic");
        assert_eq!(drop_log.alive(), 0);
        assert!(!drop_log.trace().contains(&"went on".to_string()));
        assert_eq!(drop_log.at("an error cancels no sibling"), 0);
    }
}

/// A body and a child read alike, like try blocks.
mod case_27_tails {
    use super::*;

    #[vthread]
    fn check(n: u32) -> Result<u32, String> {
        yield_now();
        if n > 9 { Err(format!("{n}")) } else { Ok(n) }
    }

    fn plain(n: u32) -> Result<u32, String> {
        if n > 9 {
            Err(format!("plain {n}"))
        } else {
            Ok(n)
        }
    }

    /// By their types: a `Result` is the result, anything else becomes `Ok` of it.
    #[vthread]
    fn by_type(n: u32) -> Result<u32, String> {
        group! {
            let a = spawn! { check(n) };
            let b = spawn! { plain(n) };
            let c = spawn! { check(n)? };
            let d = spawn! { n };
            let e = spawn! { group! { check(n) } };
            let f = spawn! { timeout!(LONG => check(n)?).unwrap() };
            let sum = a.join() + b.join() + c.join() + d.join() + e.join() + f.join();
            check(sum / 6)
        }
    }

    /// `Ok(..)` and `Err(..)` at the leaves stay as written.
    #[vthread]
    fn written(n: u32) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        group! {
            let a = spawn! {
                if n == 1 {
                    Err("one")
                } else {
                    match n {
                        2 => Err("two".into()),
                        3 => Err(std::io::Error::other("three"))?,
                        n => Ok(n),
                    }
                }
            };
            if n == 5 { Err("five".into()) } else { Ok(a.join().to_string()) }
        }
    }

    /// A tail that never ends needs no type.
    #[vthread]
    fn endless(n: u32) -> Result<u32, String> {
        group! {
            spawn! {
                loop {
                    check(n)?;
                    if n == 3 {
                        return Ok(());
                    }
                }
            }
            spawn! {
                if n == 3 {
                    return;
                }
                panic!("not reached in time");
            }
            return Ok(1);
        }
    }

    /// A `Result` as a value for `join()`.
    #[vthread]
    fn as_a_value(n: u32) -> Result<bool, String> {
        group! {
            let task = spawn! { Ok(check(n)) };
            task.join().is_ok()
        }
    }

    #[test]
    fn read_like_try_blocks() {
        assert_eq!(by_type(4), Ok(4));
        assert!(by_type(10).is_err());
        assert_eq!(written(7).unwrap(), "7");
        for (n, message) in [(1, "one"), (2, "two"), (3, "three"), (5, "five")] {
            assert_eq!(written(n).unwrap_err().to_string(), message);
        }
        assert_eq!(endless(3), Ok(1));
        assert_eq!(as_a_value(3), Ok(true));
        assert_eq!(as_a_value(10), Ok(false));
    }
}

/// In a function whose return type is written `Result`; elsewhere by `error = E`.
mod case_28_where_errors_are_known {
    use super::*;

    type Result<T> = std::result::Result<T, String>;

    #[vthread]
    fn by_an_alias_named_so(fails: bool) -> Result<u32> {
        group! {
            let child = spawn! {
                if fails {
                    Err("alias")?;
                }
                1
            };
            child.join()
        }
    }

    #[vthread]
    fn by_the_option(text: &str) -> u32 {
        let sum = group!(error = std::num::ParseIntError => {
            let child = spawn! { text.parse::<u32>()? };
            child.join()
        });
        sum.unwrap_or(0)
    }

    #[vthread]
    fn by_none() -> Option<u32> {
        let n = group! {
            let child = spawn! { 3 };
            child.join()
        };
        Some(n)
    }

    #[vthread]
    fn nothing_may_fail() -> Result<u32> {
        let n: u32 = group!(error = ! => {
            let child = spawn! { 4 };
            child.join()
        });
        Ok(n)
    }

    #[vthread]
    fn in_a_closure(text: &str) -> Result<u32> {
        let parse = |text: &str| {
            group!(error = String => {
                let child = spawn!(move => { text.parse::<u32>().map_err(|error| error.to_string()) });
                child.join()
            })
        };
        parse(text)
    }

    fn in_plain_code(text: &str) -> Result<u32> {
        group!(error = String => {
            let child = spawn! { text.parse::<u32>().map_err(|error| error.to_string()) };
            child.join()
        })
    }

    #[test]
    fn holds() {
        assert_eq!(by_an_alias_named_so(false), Ok(1));
        assert_eq!(by_an_alias_named_so(true), Err("alias".to_string()));
        assert_eq!((by_the_option("5"), by_the_option("x")), (5, 0));
        assert_eq!(by_none(), Some(3));
        assert_eq!(nothing_may_fail(), Ok(4));
        assert_eq!((in_a_closure("6"), in_plain_code("7")), (Ok(6), Ok(7)));
        assert!(in_a_closure("x").is_err() && in_plain_code("x").is_err());
    }
}

/// A frame need not be `Send` until it is spawned; those of a trait's methods are.
mod case_29_send {
    use super::*;

    #[vthread]
    fn holds_rc(n: u32) -> u32 {
        let shared = Rc::new(RefCell::new(n));
        yield_now();
        *shared.borrow_mut() += 1;
        *shared.clone().borrow()
    }

    #[vthread]
    trait Load {
        fn load(&self, n: u32) -> u32;
    }

    struct Doubled;

    #[vthread]
    impl Load for Doubled {
        fn load(&self, n: u32) -> u32 {
            yield_now();
            2 * n
        }
    }

    /// Generic code can spawn it, because the trait says `Send`.
    #[vthread]
    fn spawned<L: Load + Sync>(loader: &L) -> u32 {
        group! {
            let child = spawn! { loader.load(4) };
            child.join()
        }
    }

    #[vthread(?Send)]
    trait LoadHere {
        fn load_here(&self, n: u32) -> u32;
    }

    struct Shared(Rc<u32>);

    #[vthread(?Send)]
    impl LoadHere for Shared {
        fn load_here(&self, n: u32) -> u32 {
            let shared = self.0.clone();
            yield_now();
            *shared + n
        }
    }

    #[vthread]
    fn not_spawned(loader: &impl LoadHere) -> u32 {
        loader.load_here(1) + holds_rc(1)
    }

    #[test]
    fn where_it_is_asked_for() {
        assert_eq!(spawned(&Doubled), 8);
        assert_eq!(not_spawned(&Shared(Rc::new(5))), 8);
    }
}
