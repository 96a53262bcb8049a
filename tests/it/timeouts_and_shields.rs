//! `timeout!` and `shield!`: bodies with an end of their own.

use crate::drop_log::DropLog;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::{Elapsed, sleep};
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

/// In plain code they block.
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
    fn run(drop_log: &DropLog) -> Result<(), &'static str> {
        let (ready, is_ready) = channel::<()>(1);
        let (go, gone) = channel::<()>(1);
        group! {
            spawn! {
                let _frame = drop_log.object("frame");
                shield! {
                    ready.send(()).unwrap();
                    // Cancelled from here on.
                    gone.recv().unwrap_err();
                    for _ in 0..10 {
                        yield_now();
                    }
                    drop_log.note("shielded");
                }
                drop_log.note("right after");
                yield_now();
                drop_log.note("too far");
            }
            // The failure cancels first, and drops this then: the shielded one continues.
            let _go = go;
            is_ready.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err("stop"));
        assert_eq!(drop_log.trace(), ["shielded", "right after", "frame"]);
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
    #[allow(unconditional_recursion)]
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
    fn run(drop_log: &DropLog) -> bool {
        let result = timeout!(SHORT => {
            let _body = drop_log.object("body");
            let blocks = || {
                let _frame = drop_log.object("frame");
                group! {
                    let object = drop_log.object("child");
                    spawn! { sleep(LONG); drop(object); }
                    sleep(LONG);
                }
                drop_log.note("went on");
            };
            blocks();
            drop_log.note("went on");
        });
        drop_log.note("after");
        result.is_err()
    }

    #[vthread]
    fn in_a_child(drop_log: &DropLog) -> bool {
        group! {
            let task = spawn! { run(drop_log) };
            task.join()
        }
    }

    #[test]
    fn holds() {
        for call in [run, in_a_child] {
            let drop_log = DropLog::new();
            assert!(call(&drop_log));
            assert_eq!(drop_log.trace(), ["child", "frame", "body", "after"]);
        }
    }
}

/// A group whose children were cut off does not return half of the work as the whole.
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
