//! Blocking calls: plain code that calls vthread functions, from threads and from inside vthreads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};
use vthread::time::sleep;
use vthread::yield_now;

#[vthread]
fn double(n: u64) -> u64 {
    yield_now();
    2 * n
}

#[test]
fn from_many_threads() {
    let sum: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|i| scope.spawn(move || (0..100).map(|k| double(i * 100 + k)).sum::<u64>()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(sum, 799 * 800);
}

struct Doubles(std::ops::Range<u64>);
impl Iterator for Doubles {
    type Item = u64;
    fn next(&mut self) -> Option<u64> {
        self.0.next().map(double)
    }
}

mod from_closures_and_iterators_inside_a_vthread {
    use super::*;

    #[vthread]
    fn run() -> (Vec<u64>, u64) {
        let by_closure = group! {
            let task = spawn! { (0..10).map(|n| 1 + double(n)).collect::<Vec<_>>() };
            task.join()
        };
        (by_closure, Doubles(0..10).sum())
    }

    #[test]
    fn holds() {
        let (doubled, sum) = run();
        assert_eq!(doubled, (0..10).map(|n| 1 + 2 * n).collect::<Vec<_>>());
        assert_eq!(sum, 90);
    }
}

/// All children block in plain frames at once, and one more is needed to release them.
mod children_blocked_in_plain_frames_starve_no_other {
    use super::*;

    #[vthread]
    fn run(n: usize) -> usize {
        let before = vthread::metrics().pinned;
        let (tx, rx) = channel::<()>(n);
        let entered = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        group! {
            for _ in 0..n {
                spawn! {
                    let wait = || {
                        entered.fetch_add(1, Ordering::SeqCst);
                        rx.recv().unwrap();
                    };
                    wait();
                    done.fetch_add(1, Ordering::SeqCst);
                }
            }
            spawn! {
                while entered.load(Ordering::SeqCst) < n {
                    yield_now();
                }
                // One that has entered is about to block. Where it is counted it does.
                while vthread::metrics().pinned < before + n {
                    yield_now();
                }
                for _ in 0..n {
                    tx.send(()).unwrap();
                }
            }
        }
        done.into_inner()
    }

    #[test]
    fn holds() {
        assert_eq!(run(100), 100);
        assert!(vthread::metrics().pinned >= 100);
    }
}

/// A blocking call in a plain frame of a cancelled vthread unwinds through that frame.
mod a_cancelled_vthread_unwinds_through_plain_frames {
    use super::*;

    struct Noted<'a>(&'a Mutex<Vec<&'static str>>, &'static str);

    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.lock().block().push(self.1);
        }
    }

    #[vthread]
    fn run(notes: &Mutex<Vec<&'static str>>) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let _outer = Noted(notes, "outer");
                let plain = || {
                    let _inner = Noted(notes, "inner");
                    tx.send(()).unwrap();
                    sleep(Duration::from_secs(3600));
                    notes.lock().push("went on");
                };
                plain();
                notes.lock().push("went on");
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[test]
    fn holds() {
        let notes = Mutex::new(Vec::new());
        assert_eq!(run(&notes), Err("stop"));
        assert_eq!(notes.into_inner(), ["inner", "outer"]);
    }
}

/// A destructor that blocks completes, even while its vthread is being cancelled.
mod a_blocking_destructor_completes {
    use super::*;

    struct Slow<'a>(&'a AtomicUsize);

    impl Drop for Slow<'_> {
        fn drop(&mut self) {
            sleep(Duration::from_millis(5));
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[vthread]
    fn run(dropped: &AtomicUsize) -> Result<(), &'static str> {
        let (tx, rx) = channel::<()>(1);
        group! {
            spawn! {
                let _slow = Slow(dropped);
                tx.send(()).unwrap();
                sleep(Duration::from_secs(3600));
            }
            rx.recv().unwrap();
            Err::<(), _>("stop")?;
        }
    }

    #[vthread::test(virtual_time)]
    fn holds() {
        let dropped = AtomicUsize::new(0);
        assert_eq!(run(&dropped), Err("stop"));
        assert_eq!(dropped.into_inner(), 1);
    }
}

/// Blocking calls work in the destructors of thread-local values.
mod from_thread_local_destructors {
    use super::*;

    static TOTAL: AtomicUsize = AtomicUsize::new(0);

    struct AtExit;

    impl Drop for AtExit {
        fn drop(&mut self) {
            TOTAL.fetch_add(double(21) as usize, Ordering::SeqCst);
        }
    }

    thread_local! { static AT_EXIT: AtExit = const { AtExit }; }

    #[test]
    fn holds() {
        std::thread::spawn(|| {
            AT_EXIT.with(|_| {});
            double(1);
        })
        .join()
        .unwrap();
        assert_eq!(TOTAL.load(Ordering::SeqCst), 42);
    }
}

/// A root may hold an `Rc` and other values that are not `Send`: it stays on its thread.
mod a_root_need_not_be_send {
    use super::*;

    #[vthread]
    fn run() -> usize {
        let shared = std::rc::Rc::new(std::cell::Cell::new(1));
        for _ in 0..100 {
            yield_now();
            shared.set(shared.get() + 1);
        }
        shared.get()
    }

    #[test]
    fn holds() {
        assert_eq!(run(), 101);
    }
}

/// A plain thread's root and the waking thread meet between two polls, again and again: a root that
/// cleared its flag with a plain store lost such a wake within a few thousand rounds.
mod r01_no_wake_of_a_root_is_lost {
    use super::*;
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::task::{Poll, Waker};

    const ROUNDS: usize = 20_000;

    #[derive(Default)]
    struct Shared {
        /// The round that the other thread has reached.
        given: AtomicUsize,
        /// The round that the root has seen.
        seen: AtomicUsize,
        waker: std::sync::Mutex<Option<Waker>>,
    }

    #[vthread]
    fn follow(shared: &Shared) {
        for round in 1..=ROUNDS {
            poll_fn(|cx| {
                let waker = &mut *shared.waker.lock().unwrap();
                if waker.is_none() {
                    *waker = Some(cx.waker().clone());
                }
                if shared.given.load(Ordering::Acquire) < round {
                    return Poll::Pending;
                }
                Poll::Ready(())
            })
            .await;
            shared.seen.store(round, Ordering::Release);
        }
    }

    fn lead(shared: &Shared) {
        let waker = loop {
            if let Some(waker) = shared.waker.lock().unwrap().clone() {
                break waker;
            }
            std::thread::yield_now();
        };
        for round in 1..=ROUNDS {
            shared.given.store(round, Ordering::Release);
            waker.wake_by_ref();
            while shared.seen.load(Ordering::Acquire) < round {
                // It spins most of the time, so that the next wake comes between two polls.
                for _ in 0..64 {
                    std::hint::spin_loop();
                }
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn holds() {
        let shared = Arc::new(Shared::default());
        let (done, is_done) = mpsc::channel();
        let root = shared.clone();
        std::thread::spawn(move || {
            follow(&root);
            done.send(()).unwrap();
        });
        let leader = shared.clone();
        std::thread::spawn(move || lead(&leader));
        let ended = is_done.recv_timeout(Duration::from_secs(120));
        let seen = shared.seen.load(Ordering::Acquire);
        assert!(ended.is_ok(), "the root sleeps after round {seen}");
    }
}
