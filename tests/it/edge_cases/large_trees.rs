//! Edge case 13: large and deep trees, with many children and many levels, cancelled and joined.

use std::thread;
use std::time::{Duration, Instant};
use vthread::prelude::*;
use vthread::sync::Sender;
use vthread::time::sleep;
use vthread::{CancelReason, Outcome};

const LONG: Duration = Duration::from_secs(3600);

/// All of them have begun, and sleep.
#[vthread]
fn sleepers(n: usize) -> Result<Duration, Instant> {
    let (began, begun) = vthread::sync::channel::<()>(1024);
    group! {
        for _ in 0..n {
            spawn! {
                began.send(()).unwrap();
                sleep(LONG);
            };
        }
        for _ in 0..n {
            begun.recv().unwrap();
        }
        Err::<Duration, _>(Instant::now())?
    }
}

#[test]
fn case_13_a_hundred_thousand_sleepers_are_cancelled_and_joined() {
    let cancelled_at = sleepers(100_000).unwrap_err();
    let took = cancelled_at.elapsed();
    // Well under a second on an idle machine with an optimised build.
    assert!(took < Duration::from_secs(30), "{took:?}");
}

#[vthread(boxed)]
fn nest(depth: usize, began: &Sender<()>) {
    group! {
        let below = spawn! {
            if depth == 0 {
                began.send(()).unwrap();
                sleep(LONG);
            } else {
                nest(depth - 1, began);
            }
        };
        defer! {
            // Every cancelled vthread knows the reason, at every level.
            if let Some(outcome) = below.outcome() {
                assert!(matches!(outcome, Outcome::Cancelled(CancelReason::SiblingFailed(_))));
            }
        }
        sleep(LONG);
    }
}

#[vthread]
fn tree(depth: usize) -> Result<(), &'static str> {
    let (began, begun) = vthread::sync::channel::<()>(1);
    group! {
        spawn! { nest(depth, &began) };
        begun.recv().unwrap();
        Err::<(), _>("stop")?;
    }
}

/// This thread records the failure and walks the whole tree.
#[test]
fn case_13_a_tree_of_depth_one_thousand_is_cancelled_on_a_small_stack() {
    let small = thread::Builder::new().stack_size(128 * 1024);
    let result = small.spawn(|| tree(1_000)).unwrap().join().unwrap();
    assert_eq!(result, Err("stop"));
}
