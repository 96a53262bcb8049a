//! Edge case 18: calls that block a helper thread, and their end when the waiter has gone.

use crate::drop_log::DropLog;
use std::sync::Barrier;
use std::sync::mpsc;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{blocking, blocking_scoped, metrics};

const LONG: Duration = Duration::from_secs(3600);

/// The error of the groups.
#[derive(Debug, PartialEq, Eq)]
struct Stop;

/// Records the thread on which it is dropped.
struct Told(mpsc::Sender<Option<String>>);

impl Drop for Told {
    fn drop(&mut self) {
        let name = std::thread::current().name().map(str::to_owned);
        self.0.send(name).unwrap();
    }
}

mod case_18_a_cancelled_call_is_left_alone {
    use super::*;

    #[vthread]
    fn run(gate: mpsc::Receiver<()>, told: Told) -> Result<(), Stop> {
        let (begun, has_begun) = channel::<()>(1);
        group! {
            spawn! {
                blocking(move || {
                    begun.send(()).block().unwrap();
                    gate.recv().unwrap();
                    told
                });
            }
            has_begun.recv().unwrap();
            Err::<(), _>(Stop)?;
        }
    }

    #[test]
    fn holds() {
        let before = metrics().abandoned;
        let (open, gate) = mpsc::channel();
        let (tx, told) = mpsc::channel();
        // The caller has returned although the call still runs.
        assert_eq!(run(gate, Told(tx)), Err(Stop));
        assert!(metrics().abandoned > before);
        assert!(told.try_recv().is_err());
        open.send(()).unwrap();
        // The result is dropped where it was made.
        let name = told.recv().unwrap().unwrap();
        assert!(name.starts_with("vthread-helper-"), "{name}");
    }
}

/// Waits at the barrier when it is dropped: at its owner's cancellation.
struct AtItsEnd<'a>(&'a Barrier);

impl Drop for AtItsEnd<'_> {
    fn drop(&mut self) {
        self.0.wait();
    }
}

mod case_18_a_scoped_call_borrows_and_is_waited_for {
    use super::*;

    #[vthread]
    fn run(drop_log: &DropLog, gate: &Barrier) -> Result<(), Stop> {
        let (begun, has_begun) = channel::<()>(2);
        let result = group!(grace = Duration::ZERO => {
            let other = begun.clone();
            spawn! {
                let words = [drop_log.object("a"), drop_log.object("b")];
                let n = blocking_scoped(|| {
                    begun.send(()).block().unwrap();
                    // The cancellation is in progress, and its grace is over: this is awaited all
                    // the same.
                    gate.wait();
                    drop_log.note("done");
                    words.iter().map(|word| word.name.len()).sum::<usize>()
                });
                // It took effect, so its result is delivered.
                drop_log.note(format!("{n} letters"));
                sleep(LONG);
                drop_log.note("went on");
            }
            spawn! {
                let _opens = AtItsEnd(gate);
                other.send(()).unwrap();
                sleep(LONG);
            }
            has_begun.recv().unwrap();
            has_begun.recv().unwrap();
            Err::<(), _>(Stop)?;
        });
        drop_log.note("after");
        result
    }

    #[test]
    fn holds() {
        let drop_log = DropLog::new();
        assert_eq!(run(&drop_log, &Barrier::new(2)), Err(Stop));
        assert_eq!(drop_log.trace(), ["done", "2 letters", "a", "b", "after"]);
    }
}

mod case_18_a_scoped_call_gives_its_value_or_its_panic {
    use super::*;

    #[vthread]
    fn sum(numbers: &[u64]) -> u64 {
        let mut calls = 0;
        let sum = blocking_scoped(|| {
            calls += 1;
            numbers.iter().sum::<u64>()
        });
        sum + calls
    }

    #[vthread]
    fn in_branches(numbers: &[u64]) -> u64 {
        select! {
            sum = sum(numbers) => sum,
            other = blocking_scoped(|| numbers.iter().sum::<u64>()) => other + 1,
        }
    }

    #[vthread]
    fn before_it_begins(drop_log: &DropLog) {
        group!(g => {
            spawn! {
                g.cancel();
                blocking_scoped(|| drop_log.note("begun"));
            }
        });
    }

    #[test]
    fn holds() {
        assert_eq!(sum(&[1, 2, 3]), 7);
        assert_eq!(in_branches(&[1, 2, 3]), 7);
        let payload = std::panic::catch_unwind(|| {
            blocking_scoped(|| std::panic::resume_unwind(Box::new(7_i32)));
        });
        assert_eq!(*payload.unwrap_err().downcast::<i32>().unwrap(), 7);
        let drop_log = DropLog::new();
        before_it_begins(&drop_log);
        assert_eq!(drop_log.trace(), [""; 0]);
    }
}
