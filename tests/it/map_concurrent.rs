//! `map_concurrent`: it keeps the order of the items, has a limit, and fails fast.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;
use vthread::sync::{Semaphore, channel, unbounded};
use vthread::{VthreadFn, map_concurrent, yield_now};

#[vthread]
fn doubled(n: u32) -> Result<u32, String> {
    for _ in 0..n % 5 {
        yield_now();
    }
    match n {
        13 => Err(format!("{n} is unlucky")),
        _ => Ok(n * 2),
    }
}

#[vthread]
fn results_in_order() -> Vec<u32> {
    let offset = 100;
    // The first ends last: it waits for what the others send.
    let (tx, rx) = unbounded();
    map_concurrent(
        0..10,
        10,
        closure!(|n| {
            if n == 0 {
                for _ in 1..10 {
                    rx.recv().unwrap();
                }
            } else {
                tx.send(()).unwrap();
            }
            n + offset
        }),
    )
}

#[test]
fn results_come_in_the_order_of_the_items() {
    assert_eq!(results_in_order(), (100..110).collect::<Vec<_>>());
    // From plain code, and of an empty collection.
    assert_eq!(
        map_concurrent([3, 1], 1, closure!(|n| doubled(n))),
        Ok(vec![6, 2])
    );
    assert_eq!(map_concurrent([0; 0], 1, closure!(|n| n + 1)), [0; 0]);
}

#[vthread]
fn at_most(limit: usize) -> (usize, usize) {
    let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let n = map_concurrent(
        0..50,
        limit,
        closure!(|_| {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..3 {
                yield_now();
            }
            running.fetch_sub(1, Ordering::SeqCst);
        }),
    );
    (n.len(), most.into_inner())
}

#[test]
fn no_more_than_the_limit_run() {
    for limit in [1, 2, 7] {
        let (n, most) = at_most(limit);
        assert_eq!(n, 50);
        assert!(most <= limit, "{most} of {limit}");
    }
    assert_eq!(at_most(usize::MAX).0, 50);
}

#[vthread]
fn borrows(words: &[String]) -> Vec<(usize, &str)> {
    let extra = String::from("!!");
    map_concurrent(
        words,
        3,
        closure!(|word| (word.len() + extra.len(), word.as_str())),
    )
}

#[test]
fn it_may_borrow() {
    let words = ["a".to_owned(), "bc".to_owned()];
    assert_eq!(borrows(&words), [(3, "a"), (4, "bc")]);
    // And it can be called in a child, which is `Send`.
    let n = group! {
        let n = spawn! { borrows(&words).len() };
        n.join()
    };
    assert_eq!(n, 2);
}

/// Counts its drops.
struct Gone<'a>(&'a AtomicUsize);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[vthread]
fn fails_fast(started: &AtomicUsize, gone: &AtomicUsize) -> Result<Vec<u32>, String> {
    let never = Semaphore::new(0);
    let (ready, is_ready) = channel(9);
    let all = map_concurrent(
        0..100_u32,
        10,
        closure!(|n| {
            started.fetch_add(1, Ordering::SeqCst);
            let _gone = Gone(gone);
            if n == 9 {
                for _ in 0..9 {
                    is_ready.recv().unwrap();
                }
                return Err("the tenth".to_owned());
            }
            ready.send(()).unwrap();
            let _ = never.acquire();
            Ok(n)
        }),
    )?;
    unreachable!("{all:?}")
}

#[test]
fn the_first_error_cancels_the_others_and_is_returned() {
    let (started, gone) = (AtomicUsize::new(0), AtomicUsize::new(0));
    assert_eq!(fails_fast(&started, &gone), Err("the tenth".into()));
    // All calls that had begun have ended, and no other has begun.
    assert_eq!(started.into_inner(), 10);
    assert_eq!(gone.into_inner(), 10);
}

#[vthread]
fn cancelled(gone: &AtomicUsize) -> usize {
    let (ready, is_ready) = unbounded();
    let never = Semaphore::new(0);
    group! {
        let task = spawn! {
            map_concurrent(0..5, 3, closure!(|_| {
                let _gone = Gone(gone);
                ready.send(()).unwrap();
                let _ = never.acquire();
            }));
            unreachable!("it is cancelled before");
        };
        for _ in 0..3 {
            is_ready.recv().unwrap();
        }
        task.cancel();
        while !task.is_finished() {
            yield_now();
        }
        // They ended before their caller.
        gone.load(Ordering::SeqCst)
    }
}

#[test]
fn cancellation_joins_the_calls() {
    assert_eq!(cancelled(&AtomicUsize::new(0)), 3);
}

#[test]
fn the_first_panic_climbs_when_all_have_ended() {
    let (started, gone) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let caught = catch_unwind(AssertUnwindSafe(|| {
        map_concurrent(
            0..4,
            4,
            closure!(|n: u32| -> u32 {
                started.fetch_add(1, Ordering::SeqCst);
                let _gone = Gone(&gone);
                if n == 3 {
                    panic!("the fourth");
                }
                loop {
                    yield_now();
                }
            }),
        )
    }));
    let payload = caught.expect_err("it panics");
    assert_eq!(payload.downcast_ref(), Some(&"the fourth"));
    assert_eq!(gone.into_inner(), started.into_inner());
}

#[test]
fn a_panic_of_the_iterator_climbs() {
    let items = (0..3).inspect(|n| assert!(*n < 2, "no third item"));
    let caught = catch_unwind(AssertUnwindSafe(|| {
        map_concurrent(items, 1, closure!(|n: u32| n))
    }));
    assert!(caught.is_err());
}

#[test]
fn a_limit_of_zero_panics() {
    let caught = catch_unwind(|| map_concurrent([1], 0, closure!(|n: u32| n)));
    let payload = caught.expect_err("it panics");
    let message = payload.downcast_ref::<&str>().expect("a message");
    assert!(
        message.contains("the limit must be at least 1"),
        "{message}"
    );
}

/// A function around it, with closures of its callers.
#[vthread]
fn in_pairs<T: Send, E: Send>(
    items: &[u32],
    f: impl VthreadFn<u32, Output = Result<T, E>> + Sync,
) -> Result<Vec<T>, E> {
    map_concurrent(items.iter().copied(), 2, closure!(|n| f.call(n)))
}

#[vthread]
fn nested() -> Result<Vec<Vec<u32>>, String> {
    map_concurrent(
        [2_u32, 3],
        2,
        closure!(|n| {
            let items: Vec<u32> = (0..n).collect();
            in_pairs(&items, closure!(|m| doubled(m + n)))
        }),
    )
}

#[test]
fn calls_inside_calls() {
    assert_eq!(nested(), Ok(vec![vec![4, 6], vec![6, 8, 10]]));
    assert_eq!(
        in_pairs(&[1, 13], closure!(|n| doubled(n))),
        Err("13 is unlucky".into())
    );
}

#[test]
fn many_items_take_little_room() {
    let n = 20_000;
    let sum: u64 = map_concurrent(0..n, 64, closure!(|n: u64| n))
        .into_iter()
        .sum();
    assert_eq!(sum, n * (n - 1) / 2);
}
