//! Crates whose calls block an OS thread: where they belong, and how results come back.

use rayon::prelude::*;
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

/// rayon computes on threads of its own; the vthread waits for a helper thread.
#[test]
#[vthread]
fn rayon_computes_in_blocking() {
    let sum: u64 = vthread::blocking(|| (0..100_000_u64).into_par_iter().sum());
    assert_eq!(sum, 4_999_950_000);
    // What borrows from the vthread goes into `blocking_scoped`.
    let words = vec!["one", "two", "three"];
    let len: usize = vthread::blocking_scoped(|| words.par_iter().map(|word| word.len()).sum());
    assert_eq!(len, 11);
}

#[vthread]
fn slow_square(n: u64) -> u64 {
    sleep(Duration::from_millis(1));
    n * n
}

/// The other way: rayon's threads are plain ones, so vthread calls block them, and end.
#[test]
fn vthread_calls_in_rayons_threads_block_them() {
    let sum: u64 = (0..100_u64).into_par_iter().map(slow_square).sum();
    assert_eq!(sum, 328_350);
}

/// A crossbeam channel blocks: its receiver belongs to a thread, which passes on what comes.
#[test]
#[vthread]
fn crossbeam_channels_are_passed_on() {
    let (theirs, from_them) = crossbeam_channel::unbounded();
    let (tx, rx) = channel(8);
    std::thread::spawn(move || (0..100).for_each(|n| theirs.send(n).unwrap()));
    group! {
        spawn! {
            vthread::blocking(move || {
                // In plain code `send` waits with `.block()`.
                for n in from_them {
                    tx.send(n).block().unwrap();
                }
            });
        }
        let mut sum = 0;
        for n in rx {
            sum += n;
        }
        assert_eq!(sum, 4950);
    }
}

/// `try_recv` and `send` into an unbounded one never wait, and need no thread.
#[test]
#[vthread]
fn calls_that_do_not_wait_need_no_thread() {
    let (tx, rx) = crossbeam_channel::unbounded();
    group! {
        for n in 0..10 {
            let tx = tx.clone();
            spawn! { tx.send(n).unwrap(); }
        }
    }
    assert_eq!(rx.try_iter().sum::<i32>(), 45);
}

/// flume has futures for its calls: `.await` suspends.
#[test]
#[vthread]
fn flume_is_awaited() {
    let (tx, rx) = flume::bounded(1);
    group! {
        for n in 0..4 {
            let tx = tx.clone();
            spawn! {
                for i in 0..25 {
                    tx.send_async(25 * n + i).await.unwrap();
                }
            }
        }
        drop(tx);
        let mut sum = 0;
        while let Ok(n) = rx.recv_async().await {
            sum += n;
        }
        assert_eq!(sum, 4950);
    }
}

/// A cancelled vthread drops flume's future: nothing is lost.
#[test]
#[vthread]
fn a_cancelled_receive_of_flumes_loses_nothing() {
    let (tx, rx) = flume::bounded(4);
    let late = timeout!(Duration::from_millis(5) => rx.recv_async().await);
    assert!(late.is_err());
    tx.send_async(7).await.unwrap();
    assert_eq!(rx.recv_async().await, Ok(7));
}
