//! Every part of a vthread's life, in runs small enough for Miri; CONTRIBUTING.md has the command.
//!
//! The same scenes run natively with the other tests. Besides the results, Miri checks the pointers
//! of frames, tasks, wakers and links, and the threads that read and write through them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::prelude::*;
use vthread::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock, Semaphore, channel, oneshot};
use vthread::time::{Duration, sleep};
use vthread::{CancelReason, Failures, Outcome, yield_now};

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(2);

mod handles;

mod spawn_and_join {
    use super::*;

    #[vthread]
    fn run() -> (usize, usize, usize) {
        let words = ["one".to_owned(), "three".to_owned()];
        let (borrowed, nested) = group! {
            let lengths = [spawn! { yield_now(); words[0].len() }, spawn! { words[1].len() }];
            let nested = spawn! {
                group! {
                    let inner = spawn!(name = "inner" => { yield_now(); 7 });
                    inner.join()
                }
            };
            // Dropped unread: the child drops its own value.
            drop(spawn! { String::from("unread") });
            let sum: usize = lengths.into_iter().map(|length| length.join()).sum();
            (sum, nested.join())
        };
        (borrowed, nested, words.len())
    }

    #[test]
    fn r21_keeps_the_rules_of_pointers() {
        assert_eq!(run(), (8, 7, 2));
    }
}

mod failure {
    use super::*;

    #[vthread]
    fn fails(text: &str) -> Result<u32, String> {
        yield_now();
        Err(text.to_owned())
    }

    #[vthread]
    fn run(place: &Rc<Cell<u32>>) -> Result<(), String> {
        group! {
            spawn! { sleep(LONG); };
            spawn! { fails("first")?; };
            sleep(LONG);
            place.set(1);
            Ok(())
        }
    }

    #[test]
    fn the_first_one_cancels_the_others() {
        let place = Rc::new(Cell::new(0));
        assert_eq!(run(&place), Err("first".to_owned()));
        assert_eq!(place.get(), 0);
    }

    #[vthread]
    fn race(mirrors: &[&str]) -> Result<String, Failures<String>> {
        race!(for mirror in mirrors => {
            match *mirror {
                "slow" => sleep(LONG),
                "down" => return Err("down".to_owned()),
                _ => yield_now(),
            }
            Ok::<_, String>((*mirror).to_owned())
        })
    }

    #[test]
    fn of_a_race() {
        assert_eq!(race(&["slow", "down", "up"]).unwrap(), "up");
        assert_eq!(race(&["down", "down"]).unwrap_err().into_iter().count(), 2);
    }
}

mod cancellation {
    use super::*;

    /// A destructor that runs when its frame is dropped.
    struct Counts<'a>(&'a AtomicUsize);
    impl Drop for Counts<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[vthread]
    fn run(dropped: &AtomicUsize) -> Outcome {
        let (ready, is_ready) = channel::<()>(1);
        group! {
            let task = spawn! {
                let _counts = Counts(dropped);
                defer! { yield_now(); dropped.fetch_add(10, Ordering::SeqCst); }
                group! {
                    spawn! { let _counts = Counts(dropped); ready.send(()).unwrap(); sleep(LONG); }
                    sleep(LONG);
                }
            };
            is_ready.recv().unwrap();
            task.cancel();
            while task.outcome().is_none() {
                yield_now();
            }
            task.outcome().unwrap()
        }
    }

    #[test]
    fn innermost_first() {
        let dropped = AtomicUsize::new(0);
        assert!(matches!(
            run(&dropped),
            Outcome::Cancelled(CancelReason::TaskCancelled)
        ));
        assert_eq!(dropped.load(Ordering::SeqCst), 12);
    }
}

mod panics {
    use super::*;

    #[vthread]
    fn run() {
        group! {
            spawn! { yield_now(); panic!("a child's") }
            sleep(LONG);
        }
    }

    #[test]
    fn climb() {
        let payload = catch_unwind(AssertUnwindSafe(|| run())).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"a child's"));
    }
}

mod recursion {
    use super::*;

    #[vthread]
    fn sum(n: u32) -> u32 {
        let parts = [n];
        if n == 0 {
            yield_now();
            return 0;
        }
        let rest = sum(n - 1);
        parts[0] + rest
    }

    #[vthread]
    #[allow(unconditional_recursion)] // It is cancelled.
    fn dive(n: u32, depth: &AtomicUsize) {
        depth.fetch_add(1, Ordering::SeqCst);
        if n == 0 {
            sleep(LONG);
        }
        dive(n - 1, depth);
    }

    #[test]
    fn comes_back() {
        assert_eq!(sum(40), 820);
    }

    #[test]
    fn is_cancelled() {
        let depth = AtomicUsize::new(0);
        assert!(timeout!(SHORT => dive(20, &depth)).is_err());
    }
}

mod constructs {
    use super::*;

    #[vthread]
    fn of_two(tx: vthread::sync::Sender<u32>) -> u32 {
        let (_kept, never) = channel::<u32>(1);
        group! {
            spawn! { yield_now(); tx.send(5).unwrap(); };
            select! {
                n = never.recv() => n.unwrap(),
                _ = sleep(SHORT) => 1,
            }
        }
    }

    #[test]
    fn select() {
        let (tx, rx) = channel(1);
        assert_eq!(of_two(tx), 1);
        assert_eq!(rx.try_recv().ok(), Some(5));
    }

    #[vthread]
    fn shielded() -> (bool, u32) {
        let mut n = 0;
        let timed_out = timeout!(SHORT => {
            shield! { sleep(2 * SHORT); n += 1; }
            sleep(LONG);
            n += 1;
        });
        (timed_out.is_err(), n)
    }

    #[test]
    fn timeout_and_shield() {
        assert_eq!(shielded(), (true, 1));
        assert_eq!(timeout!(LONG => { yield_now(); 3 }), Ok(3));
    }

    context_var! {
        static WHO: String = "default".to_owned();
    }

    #[vthread]
    fn who() -> String {
        yield_now();
        WHO.get()
    }

    #[vthread]
    fn bound() -> String {
        bind!(WHO = "outer".to_owned() => {
            group! {
                let task = spawn! { who() };
                task.join()
            }
        })
    }

    #[test]
    fn context() {
        assert_eq!(bound(), "outer");
        assert_eq!(who(), "default");
    }
}

mod synchronisation {
    use super::*;

    #[vthread]
    fn count() -> (u32, usize, u32) {
        let (number, permits) = (Mutex::new(0), Semaphore::new(1));
        let (table, once, barrier) = (RwLock::new(0), OnceLock::new(), Barrier::new(3));
        group! {
            for i in 0..3_u32 {
                spawn! {
                    barrier.wait();
                    {
                        let mut number = number.lock();
                        yield_now();
                        *number += 1;
                    }
                    let _permit = permits.acquire();
                    yield_now();
                    *table.write() += 1_usize;
                    let _ = *table.read();
                    once.get_or_init(|| i);
                }
            }
        }
        (
            *number.lock(),
            *table.read(),
            u32::from(once.get().is_some()),
        )
    }

    #[test]
    fn of_several() {
        assert_eq!(count(), (3, 3, 1));
    }

    #[vthread]
    fn pipeline() -> Vec<u32> {
        let (tx, rx) = channel(1);
        group! {
            spawn! {
                // It is dropped with the child, so that the loop below ends.
                let tx = tx;
                for n in 0..4_u32 {
                    tx.send(n).unwrap();
                }
            }
            let mut all = Vec::new();
            while let Ok(n) = rx.recv() {
                all.push(n);
            }
            all
        }
    }

    #[test]
    fn by_messages() {
        assert_eq!(pipeline(), [0, 1, 2, 3]);
    }

    #[vthread]
    fn told() -> (u32, bool) {
        let (place, changed) = (Mutex::new(false), Condvar::new());
        let (tx, rx) = oneshot();
        group! {
            spawn! {
                let mut is_set = place.lock();
                while !*is_set {
                    is_set = changed.wait(is_set);
                }
                tx.send(3).unwrap();
            }
            yield_now();
            *place.lock() = true;
            changed.notify_all();
            (rx.recv().unwrap(), *place.lock())
        }
    }

    #[test]
    fn by_news() {
        assert_eq!(told(), (3, true));
    }

    #[vthread]
    fn given_up(lock: &Mutex<u32>, limit: Duration) -> bool {
        timeout!(limit => { *lock.lock() += 1; }).is_err()
    }

    #[test]
    fn a_wait_that_is_given_up() {
        let lock = Mutex::new(0);
        let guard = lock.try_lock().unwrap();
        assert!(given_up(&lock, SHORT));
        drop(guard);
        assert!(!given_up(&lock, LONG));
    }
}

mod plain_frames {
    use super::*;

    #[vthread]
    fn double(n: u32) -> u32 {
        yield_now();
        2 * n
    }

    #[vthread]
    fn through_closures() -> (Vec<u32>, u32) {
        let doubled = group! {
            let task = spawn! { (0..3).map(|n| double(n)).collect::<Vec<_>>() };
            task.join()
        };
        (doubled, vthread::blocking(|| 4))
    }

    #[test]
    fn and_helpers() {
        assert_eq!(through_closures(), (vec![0, 2, 4], 4));
    }

    #[vthread]
    fn cancelled_inside() -> bool {
        timeout!(SHORT => { (0..1).for_each(|_| sleep(LONG)) }).is_err()
    }

    #[test]
    fn are_cancelled_by_an_unwind() {
        assert!(cancelled_inside());
    }

    #[vthread]
    fn borrows(text: &mut String) {
        vthread::blocking_scoped(|| text.push('!'));
    }

    #[test]
    fn of_a_helper_that_borrows() {
        let mut text = "a".to_owned();
        borrows(&mut text);
        assert_eq!(text, "a!");
    }

    #[test]
    fn roots_of_several_threads() {
        std::thread::scope(|scope| {
            let threads = [1, 2].map(|n| scope.spawn(move || double(n)));
            let sum: u32 = threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum();
            assert_eq!(sum, 6);
        });
    }
}

/// The parts of a vthread that foreign code keeps: its waker, and the future of a task.
mod foreign {
    use super::*;
    use std::task::{Poll, Waker};

    #[vthread]
    fn leaves_its_waker() -> Waker {
        group! {
            let task = spawn! {
                std::future::poll_fn(|cx| Poll::Ready(cx.waker().clone())).await
            };
            task.join()
        }
    }

    #[test]
    fn a_waker_outlives_its_task() {
        let waker = leaves_its_waker();
        let other = waker.clone();
        waker.wake_by_ref();
        drop(waker);
        other.wake();
    }
}
