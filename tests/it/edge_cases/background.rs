//! Edge case 24: children of the process. `tests/crates/programs` tests how the process ends,
//! because that takes a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;
use vthread::{CancelReason, Outcome, Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

/// Waits in plain code.
fn ended<V>(task: &Task<V>) -> Outcome {
    loop {
        match task.outcome() {
            Some(outcome) => return outcome,
            None => std::thread::yield_now(),
        }
    }
}

mod case_24_a_child_of_the_process_from_anywhere {
    use super::*;

    #[vthread]
    fn from_a_vthread(n: u32) -> Task<u32> {
        let name = format!("number {n}");
        // It outlives the function, so everything moves.
        background!(name = name.clone() => {
            yield_now();
            assert_eq!(name, format!("number {n}"));
            n + 1
        })
    }

    #[vthread]
    fn joined(n: u32) -> u32 {
        let task = from_a_vthread(n);
        assert_eq!(task.name(), Some(format!("number {n}").as_str()));
        let by_closure = (|| background!(move => { yield_now(); n }))();
        task.join() + by_closure.join()
    }

    #[test]
    fn holds() {
        assert_eq!(joined(1), 3);
        // From plain code.
        let words = ["a".to_string(), "bc".to_string()];
        let task = background! {
            group! {
                let lengths: Vec<_> = words.iter().map(|word| word.len()).collect();
                let task = spawn! { yield_now(); lengths.len() };
                task.join() + words.len()
            }
        };
        assert_eq!(task.join().block(), 4);
    }
}

mod case_24_it_belongs_to_the_process_alone {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Stop;

    #[vthread]
    fn outlives_a_failed_group() -> u32 {
        let (tasks, started) = channel::<Task<u32>>(1);
        let (open, gate) = channel::<u32>(1);
        let result = group!(error = Stop => {
            spawn! {
                tasks.send(background! { gate.recv()? + 1 }).unwrap();
                sleep(LONG);
            }
            while started.is_empty() {
                yield_now();
            }
            Err::<(), _>(Stop)?;
        });
        assert_eq!(result, Err(Stop));
        // Its spawner is gone.
        open.send(1).unwrap();
        started.recv().unwrap().join()
    }

    #[vthread]
    fn when_cancelled(n: &Arc<AtomicUsize>) {
        group!(g => {
            let n = n.clone();
            spawn! {
                g.cancel();
                let other = n.clone();
                background! { other.fetch_add(10, Ordering::SeqCst); };
                yield_now();
                n.fetch_add(100, Ordering::SeqCst);
            }
        });
    }

    #[test]
    fn holds() {
        assert_eq!(outlives_a_failed_group(), 2);
        let n = Arc::new(AtomicUsize::new(0));
        when_cancelled(&n);
        while n.load(Ordering::SeqCst) != 10 {
            std::thread::yield_now();
        }
    }
}

mod case_24_any_error_that_can_be_told {
    use super::*;

    #[derive(Debug)]
    struct Own(u32);

    impl std::fmt::Display for Own {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "number {}", self.0)
        }
    }

    impl std::error::Error for Own {}

    #[vthread]
    fn fails(n: u32) -> Result<u32, Own> {
        yield_now();
        if n > 2 { Err(Own(n)) } else { Ok(n) }
    }

    #[test]
    fn holds() {
        // By its tail, by `?`, by `return`, by a text.
        let by_tail = background! { fails(3) };
        assert_eq!(ended(&by_tail), Outcome::Failed);
        let by_try = background! { let n: u32 = "x".parse()?; fails(n)? };
        assert_eq!(ended(&by_try), Outcome::Failed);
        let by_return = background! {
            if fails(1)? == 1 {
                return Err("one".into());
            }
            7
        };
        assert_eq!(ended(&by_return), Outcome::Failed);
        let succeeds = background! { fails(2) };
        assert_eq!(ended(&succeeds), Outcome::Done);
        assert_eq!(succeeds.join().block(), 2);
    }
}

mod case_24_it_is_cancelled_by_its_task {
    use super::*;

    #[test]
    fn holds() {
        let (tx, rx) = std::sync::mpsc::channel();
        let task = background! {
            defer! { yield_now(); tx.send("clean").unwrap(); }
            tx.send("waits").unwrap();
            sleep(LONG);
        };
        assert_eq!(rx.recv(), Ok("waits"));
        task.cancel();
        assert_eq!(rx.recv(), Ok("clean"));
        let reason = CancelReason::TaskCancelled;
        assert_eq!(ended(&task), Outcome::Cancelled(reason));
    }
}
