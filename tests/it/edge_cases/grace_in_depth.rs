//! Edge case 14: the grace where a vthread is deep in a recursion, in a body, or in a panic.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::testing::elapsed;
use vthread::time::sleep;

const LONG: Duration = Duration::from_secs(3600);
const GRACE: Duration = Duration::from_millis(5);
const SHORT: Duration = Duration::from_millis(1);

#[track_caller]
fn in_time<R>(run: impl FnOnce() -> R) -> R {
    let begun = elapsed();
    let result = run();
    assert!(elapsed() - begun <= GRACE + SHORT);
    result
}

/// When the vthread is woken its innermost call is polled, and not the `timeout!` further out.
mod case_14_a_timeout_around_a_recursion {
    use super::*;

    #[vthread]
    #[allow(unconditional_recursion)]
    fn down(n: usize) {
        vthread::yield_now();
        if n == 0 {
            // Once more at the bottom, after the time is over.
            sleep(2 * SHORT);
            sleep(LONG);
        }
        down(n - 1);
    }

    #[vthread]
    fn shielded() -> Result<bool, &'static str> {
        group!(grace = GRACE => {
            let result = timeout!(SHORT => {
                shield! { down(100); }
            });
            result.is_err()
        })
    }

    #[vthread]
    fn in_a_group() -> Result<bool, &'static str> {
        group!(grace = GRACE => {
            let result = timeout!(SHORT => {
                let inner: Result<(), &str> = group! {
                    spawn! { shield! { down(100); } }
                    shield! { down(100); }
                };
                inner.is_err()
            });
            result.is_err()
        })
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        assert_eq!(in_time(shielded), Ok(true));
        assert_eq!(in_time(in_a_group), Ok(true));
    }
}

/// A group that is cancelled from further out bounds its body by its own grace.
mod case_14_a_body_has_the_grace_of_its_group {
    use super::*;

    #[vthread]
    fn run() -> Result<bool, &'static str> {
        let result = timeout!(SHORT => {
            group!(grace = GRACE => {
                defer! { sleep(LONG); }
                sleep(LONG);
            })
        });
        Ok(result.is_err())
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        assert_eq!(in_time(run), Ok(true));
    }
}

/// A panic waits for the cleanup. If the second mark ends the cleanup, the panic continues all the
/// same.
mod case_14_a_panic_outlives_its_cleanup {
    use super::*;

    #[vthread]
    fn run() -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group!(grace = GRACE => {
            let task = spawn! {
                defer! {
                    tx.send(()).unwrap();
                    sleep(LONG);
                }
                panic_any(7_u8);
            };
            rx.recv().unwrap();
            task.cancel();
        })
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        let payload = in_time(|| catch_unwind(AssertUnwindSafe(run)).unwrap_err());
        assert_eq!(*payload.downcast::<u8>().unwrap(), 7);
    }
}
