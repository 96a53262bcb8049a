//! Edge case 32: the failure that surfaces is the cause, not one of its consequences.

// The programs are written as users may write them.
#![allow(clippy::blocks_in_conditions)]

use std::panic::catch_unwind;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::{Receiver, Sender, channel};
use vthread::time::sleep;
use vthread::{Failures, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// A destructor that waits until the other end is gone: the consumer has reported its error by
/// then.
struct Until(Receiver<()>);

impl Drop for Until {
    fn drop(&mut self) {
        let _ = self.0.recv().block();
    }
}

fn fails() -> Result<(), &'static str> {
    Err("cause")
}

fn fails_with(_: &Sender<u32>) -> Result<(), &'static str> {
    Err("cause")
}

#[vthread]
fn consume(rx: Receiver<u32>, _alive: Sender<()>) -> Result<(), &'static str> {
    rx.recv().map_err(|_| "closed")?;
    Ok(())
}

/// A producer fails in that way. Its sender is dropped, and its consumer with it, before its error
/// arrives.
macro_rules! a_producer_fails {
    ($name:ident, |$tx:ident| $($exit:tt)*) => {
        mod $name {
            use super::*;

            #[vthread]
            fn run() -> Result<(), &'static str> {
                let ($tx, rx) = channel::<u32>(1);
                let (alive, ended) = channel::<()>(1);
                group! {
                    spawn!(move => { consume(rx, alive)?; });
                    spawn!(move => {
                        let _until = Until(ended);
                        let $tx = $tx;
                        yield_now();
                        $($exit)*
                    });
                }
            }

            #[test]
            fn r07_the_cause_surfaces() {
                for _ in 0..20 {
                    assert_eq!(run(), Err("cause"));
                }
            }
        }
    };
}

a_producer_fails!(by_a_question_mark, |tx| {
    let _tx = &tx;
    Err::<(), _>("cause")?;
});
a_producer_fails!(by_a_return, |tx| if !tx.is_closed() {
    return Err("cause");
});
a_producer_fails!(by_a_return_of_some_type, |tx| if !tx.is_closed() {
    return fails();
});
a_producer_fails!(by_a_written_tail, |tx|
    let tx = tx;
    if tx.is_closed() { Ok(()) } else { Err("cause") }
);
a_producer_fails!(by_a_tail_of_its_type, |tx| let tx = tx; fails_with(&tx));
a_producer_fails!(by_a_leaf, |tx| if tx.is_closed() {
    Ok(())
} else {
    let tx = tx;
    fails_with(&tx)
});
a_producer_fails!(by_a_leaf_of_its_type, |tx| match tx.is_closed() {
    true => fails(),
    false => {
        let tx = tx;
        fails_with(&tx)
    }
});
a_producer_fails!(in_a_timeout, |tx| {
    let _ = timeout!(LONG => {
        let _tx = tx;
        yield_now();
        Err::<(), _>("cause")?;
    });
});
a_producer_fails!(in_a_shield_in_a_bind, |tx| {
    shield! {
        let _tx = tx;
        timeout!(LONG => { return Err("cause"); }).unwrap();
    }
});
a_producer_fails!(with_a_cleanup, |tx| {
    defer! {
        yield_now();
    }
    let _tx = tx;
    fails()?;
});
a_producer_fails!(with_a_cleanup_behind_a_tail, |tx|
    defer! {
        yield_now();
    }
    let tx = tx;
    fails_with(&tx)
);
a_producer_fails!(out_of_a_catch, |tx| {
    let _tx = tx;
    catch_unwind! { fails()?; }.unwrap();
});
a_producer_fails!(in_a_select, |tx| {
    let _tx = tx;
    select! {
        _ = { yield_now(); fails()?; } => {}
        _ = sleep(LONG) => {}
    }
});
a_producer_fails!(through_a_group_of_its_own, |tx| {
    let _tx = tx;
    group! {
        spawn! { sleep(LONG) };
        fails()?;
    }?;
});
a_producer_fails!(by_a_return_out_of_a_group, |tx| {
    let _tx = tx;
    group! {
        spawn! { yield_now(); };
        return fails();
    }
});

/// The body of a group is a member as well.
mod the_body {
    use super::*;

    #[vthread]
    fn run() -> Result<(), &'static str> {
        let (tx, rx) = channel::<u32>(1);
        let (alive, ended) = channel::<()>(1);
        group! {
            spawn!(move => { consume(rx, alive)?; });
            let _until = Until(ended);
            let _tx = tx;
            yield_now();
            fails()?;
        }
    }

    #[vthread]
    fn by_its_tail() -> Result<(), &'static str> {
        let (tx, rx) = channel::<u32>(1);
        let (alive, ended) = channel::<()>(1);
        group! {
            spawn!(move => { consume(rx, alive)?; });
            let _until = Until(ended);
            let tx = tx;
            yield_now();
            fails_with(&tx)
        }
    }

    #[test]
    fn r07_the_cause_surfaces() {
        for _ in 0..20 {
            assert_eq!(run(), Err("cause"));
            assert_eq!(by_its_tail(), Err("cause"));
        }
    }
}

/// In the group of another function, and where failures are collected: the cause is the first of
/// them.
mod collected {
    use super::*;
    use vthread::Group;

    #[vthread]
    fn produce<'scope>(g: &Group<'scope, &'static str>, tx: Sender<u32>, ended: Receiver<()>) {
        spawn!(g => {
            let _until = Until(ended);
            let _tx = tx;
            fails()?;
        });
    }

    #[vthread]
    fn run() -> Result<(), Failures<&'static str>> {
        let (tx, rx) = channel::<u32>(1);
        let (alive, ended) = channel::<()>(1);
        let result: Result<(), Failures<&'static str>> = group!(g, error = &'static str, on_failure = collect => {
            spawn!(move => {
                // Not cancelled, so it fails as well.
                shield! { consume(rx, alive) }?;
            });
            yield_now();
            produce(g, tx, ended);
        });
        result
    }

    #[test]
    fn r07_the_cause_is_the_first() {
        for _ in 0..20 {
            let failures = run().unwrap_err();
            // A consumer that has not begun is cancelled.
            assert_eq!(*failures.first(), "cause");
            assert!(failures.iter().skip(1).all(|failure| *failure == "closed"));
        }
    }
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("boom"));
    }
}

/// A claim does not affect a member that panics after it.
mod a_destructor_panics {
    use super::*;

    #[vthread]
    fn run() -> Result<(), &'static str> {
        group! {
            spawn! { sleep(LONG) };
            spawn! {
                let _bomb = Bomb;
                fails()?;
            }
        }
    }

    #[test]
    fn r07_its_panic_outranks_its_claim() {
        let payload = catch_unwind(run).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "boom");
    }
}

/// The destructor's panic ends in a `catch_unwind!`, and with it the failure: the child continues.
mod a_failure_that_is_caught {
    use super::*;

    #[vthread]
    fn run() -> Result<u32, &'static str> {
        group! {
            let child = spawn! {
                let caught = catch_unwind! {
                    let _bomb = Bomb;
                    fails()?;
                };
                yield_now();
                assert!(caught.is_err());
                7
            };
            child.join()
        }
    }

    #[test]
    fn r07_claims_nothing() {
        assert_eq!(run(), Ok(7));
    }
}

/// Its cleanup takes too long, and its error is lost. The others were cancelled for it all the
/// same.
mod the_error_is_lost {
    use super::*;

    #[vthread]
    fn run() -> Result<(), &'static str> {
        group!(g, grace = Duration::from_millis(1) => {
            spawn! {
                defer! {
                    // From here on its own cleanup is limited too.
                    g.cancel();
                    sleep(LONG);
                }
                fails()?;
            }
            sleep(LONG);
        })
    }

    #[vthread::test(virtual_time)]
    fn r07_that_is_no_success() {
        let payload = catch_unwind(run).unwrap_err();
        let message = payload.downcast::<String>().unwrap();
        assert!(message.contains("its error was lost"), "{message}");
    }
}

/// The claimant is not limited: its own cleanup may take as long as it needs.
mod its_cleanup {
    use super::*;

    #[vthread]
    fn run() -> Result<(), &'static str> {
        group!(grace = Duration::from_millis(1) => {
            spawn! {
                defer! {
                    sleep(Duration::from_millis(20));
                }
                fails()?;
            }
            sleep(LONG);
        })
    }

    #[vthread::test(virtual_time)]
    fn r07_comes_to_its_end() {
        assert_eq!(run(), Err("cause"));
    }
}

/// An error propagates through this many groups of one vthread.
#[vthread]
fn deep(n: u32) -> Result<u32, &'static str> {
    if n == 0 {
        yield_now();
        return Err("bottom");
    }
    group! { deep(n - 1)? + 1 }
}

/// As above, and a child of the innermost one has failed.
#[vthread]
fn deep_with_a_child(n: u32) -> Result<u32, &'static str> {
    group! {
        if n == 0 {
            spawn! { Err::<(), _>("child")?; };
            sleep(LONG);
            return Ok(0);
        }
        deep_with_a_child(n - 1)? + 1
    }
}

#[test]
fn r15_a_failure_climbs_in_linear_time() {
    let time = |n| {
        let started = Instant::now();
        assert_eq!(deep(n), Err("bottom"));
        assert_eq!(deep_with_a_child(n), Err("child"));
        started.elapsed()
    };
    time(100);
    // Some tenths of a second at most, and four times as long; in cubic time it would be minutes,
    // and 64 times.
    let (few, many) = (time(500), time(2000));
    let is_linear = many < Duration::from_secs(10) || many < few * 16;
    assert!(is_linear, "{few:?}, then {many:?}");
}
