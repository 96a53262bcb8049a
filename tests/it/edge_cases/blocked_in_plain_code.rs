//! Edge case 20: a vthread that is cancelled while plain code below it blocks.

use crate::drop_log::DropLog;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::yield_now;

const LONG: Duration = Duration::from_secs(3600);

/// The error of the groups.
#[derive(Debug, PartialEq, Eq)]
struct Stop;

/// A child runs the body below a closure; once the body is ready it is cancelled.
macro_rules! cancelled_below_a_closure {
    ($drop_log:ident, $ready:ident, $body:block) => {
        #[vthread]
        fn run($drop_log: &DropLog) -> Result<(), Stop> {
            let (tx, rx) = channel::<()>(1);
            let result = group! {
                spawn! {
                    let _frame = $drop_log.object("frame");
                    let $ready = || tx.send(()).block().unwrap();
                    (|| $body)();
                    yield_now();
                    $drop_log.note("went on");
                }
                rx.recv().unwrap();
                Err::<(), _>(Stop)?;
            };
            $drop_log.note("after");
            result
        }
    };
}

mod case_20_it_unwinds_through_the_plain_frame {
    use super::*;

    cancelled_below_a_closure!(drop_log, ready, {
        let _plain = drop_log.object("plain");
        ready();
        sleep(LONG);
        drop_log.note("went on");
    });

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_eq!(drop_log.trace(), ["plain", "frame", "after"]);
    }
}

/// Code that catches the unwind meets the mark again: it cannot be swallowed.
mod case_20_a_caught_unwind_comes_again {
    use super::*;

    cancelled_below_a_closure!(drop_log, ready, {
        ready();
        for _ in 0..3 {
            let caught = catch_unwind(AssertUnwindSafe(|| sleep(LONG)));
            assert!(caught.is_err());
            drop_log.note("caught");
        }
    });

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        let trace = drop_log.trace();
        assert_eq!(trace, ["caught", "caught", "caught", "frame", "after"]);
    }
}

/// Inside a destructor the blocking call completes.
mod case_20_a_destructor_completes {
    use super::*;

    struct Blocks<'a>(&'a DropLog);

    impl Drop for Blocks<'_> {
        fn drop(&mut self) {
            sleep(Duration::from_millis(1));
            self.0.note("completed");
        }
    }

    cancelled_below_a_closure!(drop_log, ready, {
        let _blocks = Blocks(drop_log);
        ready();
        sleep(LONG);
    });

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log), Err(Stop));
        assert_eq!(drop_log.trace(), ["completed", "frame", "after"]);
    }
}

/// While a panic unwinds, the blocking calls of destructors complete, and the panic surfaces.
mod case_20_no_second_unwind_while_panicking {
    use super::*;

    struct Blocks<'a>(&'a DropLog, vthread::sync::Sender<()>);

    impl Drop for Blocks<'_> {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            // The group is cancelled while this waits.
            self.1.send(()).block().unwrap();
            sleep(Duration::from_millis(5));
            self.0.note("completed");
        }
    }

    #[vthread]
    fn run(drop_log: &DropLog) -> Result<(), Stop> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                (|| {
                    let _blocks = Blocks(drop_log, tx.clone());
                    std::panic::resume_unwind(Box::new("first"));
                })();
            }
            rx.recv().unwrap();
            Err::<(), _>(Stop)?;
        }
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        let payload = catch_unwind(AssertUnwindSafe(|| run(&drop_log))).unwrap_err();
        assert_eq!(*payload.downcast::<&str>().unwrap(), "first");
        assert_eq!(drop_log.trace(), ["completed"]);
    }
}
