//! Failures in a group: `on_failure = cancel | keep | collect`.

use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::{Failures, Task, yield_now};

const LONG: Duration = Duration::from_secs(3600);

mod collect {
    use super::*;

    #[vthread]
    fn run(n: usize) -> Result<usize, String> {
        let (ready, all_ready) = channel::<()>(n + 1);
        let (go, started) = channel::<()>(n + 1);
        let result: Result<usize, Failures<String>> = group!(on_failure = collect => {
            for i in 0..n {
                spawn! {
                    // Shielded from the failures of the others, so that every child fails.
                    shield! {
                        ready.send(()).unwrap();
                        started.recv().unwrap();
                    }
                    Err(format!("{i}"))?;
                }
            }
            shield! {
                for _ in 0..n {
                    all_ready.recv().unwrap();
                }
                for _ in 0..n {
                    go.send(()).unwrap();
                }
            }
            7
        });
        match result {
            Ok(value) => Ok(value),
            Err(failures) => {
                assert_eq!(failures.len(), n);
                assert!(failures.first().parse::<usize>().unwrap() < n);
                assert_eq!(failures.iter().count(), n);
                let mut all: Vec<String> = failures.into_iter().collect();
                all.sort();
                Err(all.join(" "))
            }
        }
    }

    #[test]
    fn holds() {
        assert_eq!(run(0), Ok(7));
        assert_eq!(run(1), Err("0".to_string()));
        assert_eq!(run(4), Err("0 1 2 3".to_string()));
    }
}

mod keep {
    use super::*;

    #[vthread]
    fn run(words: &[&str]) -> Result<Vec<Result<u32, String>>, String> {
        group!(on_failure = keep => {
            let tasks: Vec<Task<Result<u32, String>>> = words
                .iter()
                .map(|word| {
                    spawn! {
                        yield_now();
                        let n: u32 = word.parse().map_err(|_| format!("no {word}"))?;
                        n * 2
                    }
                })
                .collect();
            let mut results = Vec::new();
            for task in tasks {
                results.push(task.join());
            }
            results
        })
    }

    /// The body's own failure is the group's, and cancels no child.
    #[vthread]
    fn body_fails(done: &Mutex<usize>) -> Result<(), String> {
        group!(on_failure = keep => {
            for _ in 0..10 {
                spawn! {
                    for _ in 0..10 {
                        yield_now();
                    }
                    *done.lock() += 1;
                };
            }
            Err::<(), _>("body".to_string())?;
        })
    }

    #[test]
    fn holds() {
        let results = run(&["1", "x", "3"]).unwrap();
        assert_eq!(results, [Ok(2), Err("no x".to_string()), Ok(6)]);
        let done = Mutex::new(0);
        assert_eq!(body_fails(&done), Err("body".to_string()));
        assert_eq!(done.into_inner(), 10);
    }
}

mod cancel_is_the_default {
    use super::*;

    #[vthread]
    fn run() -> Result<(), String> {
        group!(on_failure = cancel => {
            spawn! { sleep(LONG); }
            spawn! { Err("first".to_string())?; }
        })
    }

    #[test]
    fn holds() {
        assert_eq!(run(), Err("first".to_string()));
    }
}
