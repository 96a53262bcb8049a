//! `timeout!` and `shield!`: bodies with an end of their own.

use crate::ledger::Ledger;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

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
