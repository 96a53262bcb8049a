//! Edge case 25: a wait that may look like a deadlock, but is not certainly one, is not reported.
//!
//! Each scene has a *canary* beside it: a deadlock that begins later. When the canary is reported,
//! everything that was there before it has been examined.

use super::deadlocks::{cross, take};
use super::process::{in_a_process, wait_for_deadlocks, wait_for_dump};
use std::thread;
use vthread::prelude::*;
use vthread::sync::{Barrier, Mutex, Receiver, RwLock, channel};
use vthread::time::{Duration, Instant};

/// A test that nothing is reported of `scene`, which is in the state in question when a dump shows
/// `shown`.
macro_rules! not_reported {
    ($($(#[$attr:meta])* $name:ident: $scene:expr, $shown:expr;)*) => {$(
        $(#[$attr])*
        #[test]
        fn $name() {
            let (text, status) = in_a_process(module_path!(), stringify!($name), || {
                thread::spawn(|| $scene());
                wait_for_dump($shown);
                thread::spawn(canary);
                wait_for_deadlocks(1);
            });
            assert!(status.success(), "{text}");
            assert_eq!(text.matches("vthread: deadlock").count(), 1, "{text}");
            assert!(text.contains("`canary`"), "{text}");
        }
    )*};
}

/// Whether this many vthreads wait for a lock.
fn locking(n: usize) -> impl Fn(&str) -> bool {
    move |dump| dump.matches("for a lock").count() >= n
}

#[vthread]
fn canary() {
    let lock = Mutex::new(());
    group! {
        spawn!(name = "canary" => {
            let _guard = lock.lock();
            let _ = lock.lock();
        });
    }
}

/// The child has the guard, and waits for a message.
#[vthread]
fn guard_in_a_child() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let guard = lock.lock();
    group! {
        spawn! {
            let _ = rx.recv();
            drop(guard);
        }
        *lock.lock() += 1;
    }
}

/// As before, but a grandchild has it, and the parent waits for its group.
#[vthread]
fn guard_in_a_grandchild() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let guard = lock.lock();
    group! {
        spawn! {
            group! {
                spawn! {
                    let _ = rx.recv();
                    drop(guard);
                }
            }
        }
        spawn! { *lock.lock() += 1 }
    }
}

#[vthread]
fn guard_in_a_message() {
    let lock = Mutex::new(0);
    let (tx, rx) = channel(1);
    let (_never, wait) = channel::<()>(1);
    group! {
        spawn! {
            let guard = rx.recv();
            let _ = wait.recv();
            drop(guard);
        }
        tx.send(lock.lock()).unwrap();
        *lock.lock() += 1;
    }
}

/// The sender waits for capacity first, and then has it reserved.
#[vthread]
fn guard_in_a_reserved_message() {
    let lock = Mutex::new(0);
    let (tx, rx) = channel(1);
    let (_never, wait) = channel::<()>(1);
    group! {
        spawn! {
            let guard = rx.recv();
            let _ = wait.recv();
            drop(guard);
        }
        let guard = lock.lock();
        tx.reserve().unwrap().send(guard).unwrap();
        *lock.lock() += 1;
    }
}

#[vthread]
fn guard_in_a_value() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let (has_taken, is_taken) = channel::<()>(1);
    group! {
        let value = spawn! { lock.lock() };
        spawn! {
            let guard = value.join();
            has_taken.send(()).unwrap();
            let _ = rx.recv();
            drop(guard);
        }
        spawn! {
            is_taken.recv().unwrap();
            *lock.lock() += 1;
        }
    }
}

/// The guard went to a child, which gave it back, and on to another.
#[vthread]
fn guard_through_a_child() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    group! {
        spawn! {
            let guard = lock.lock();
            let value = group! {
                let value = spawn! { guard };
                value
            };
            group! {
                spawn! {
                    let guard = value.join();
                    let _ = rx.recv();
                    drop(guard);
                }
                *lock.lock() += 1;
            }
        }
    }
}

/// A child keeps it until a message comes.
#[vthread]
fn keep<T: Send>(what: T, rx: &Receiver<()>) {
    group! {
        spawn!(move => {
            let _ = rx.recv();
            drop(what);
        });
    }
}

#[vthread]
fn guard_through_a_closure() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let (has_taken, is_taken) = channel::<()>(1);
    group! {
        spawn! {
            let guard = lock.lock();
            has_taken.send(()).unwrap();
            Some(guard).into_iter().for_each(|guard| keep(guard, &rx));
        }
        spawn! {
            is_taken.recv().unwrap();
            *lock.lock() += 1;
        }
    }
}

#[vthread]
fn lock_under_a_timeout() {
    let lock = Mutex::new(0);
    let _guard = lock.lock();
    let _ = timeout!(Duration::from_secs(3600) => { *lock.lock() += 1 });
}

#[vthread]
fn cross_under_a_timeout() {
    let _ = timeout!(Duration::from_secs(3600) => { cross() });
}

#[vthread]
fn lock_in_a_select() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let _guard = lock.lock();
    select! {
        _ = lock.lock() => unreachable!(),
        _ = rx.recv() => {}
    }
}

#[vthread]
fn cross_in_a_select() {
    let (_tx, rx) = channel::<()>(1);
    select! {
        _ = cross() => unreachable!(),
        _ = rx.recv() => {}
    }
}

/// Services end with their group.
#[vthread]
fn lock_in_a_service() {
    let lock = Mutex::new(0);
    let (_tx, rx) = channel::<()>(1);
    let _guard = lock.lock();
    group! {
        spawn!(service => { *lock.lock() += 1 });
        spawn! { let _ = rx.recv(); }
    }
}

/// A plain thread has one lock and wants the other.
fn lock_of_a_plain_thread() {
    let (left, right, both) = (Mutex::new(()), Mutex::new(()), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| take(&left, &right, &both));
        let _right = right.lock().block();
        both.wait().block();
        let _ = left.lock().block();
    });
}

/// The child with the guard would end the wait, if it got its message.
#[vthread]
fn wait_for_a_message() {
    let lock = Mutex::new(0);
    let (tx, rx) = channel::<()>(1);
    let is_taken = Barrier::new(2);
    group! {
        spawn! {
            let _guard = lock.lock();
            is_taken.wait();
            let _ = rx.recv();
        }
        spawn! {
            is_taken.wait();
            *lock.lock() += 1;
            tx.send(()).unwrap();
        }
    }
}

#[vthread]
fn readers_and_a_writer() {
    let lock = RwLock::new(0);
    let _reading = lock.read();
    *lock.write() += 1;
}

not_reported! {
    case_25_no_alarm_for_a_guard_in_a_child: guard_in_a_child, locking(1);
    case_25_no_alarm_for_a_guard_in_a_grandchild: guard_in_a_grandchild, locking(1);
    case_25_no_alarm_for_a_guard_in_a_message: guard_in_a_message, locking(1);
    case_25_no_alarm_for_a_guard_in_a_reserved_message: guard_in_a_reserved_message, locking(1);
    case_25_no_alarm_for_a_guard_in_a_value: guard_in_a_value, locking(1);
    case_25_no_alarm_for_a_guard_that_a_child_gave_back: guard_through_a_child, locking(1);
    case_25_no_alarm_for_a_guard_that_went_through_plain_code: guard_through_a_closure, locking(1);
    case_25_no_alarm_under_a_timeout: lock_under_a_timeout, locking(1);
    case_25_no_alarm_below_a_timeout: cross_under_a_timeout, locking(2);
    case_25_no_alarm_in_a_select: lock_in_a_select, |dump: &str| dump.contains("waits for a");
    case_25_no_alarm_below_a_select: cross_in_a_select, locking(2);
    case_25_no_alarm_for_a_service: lock_in_a_service, locking(1);
    case_25_no_alarm_for_a_plain_thread: lock_of_a_plain_thread, locking(2);
    case_25_no_alarm_for_a_message: wait_for_a_message, locking(1);
    /// Readers are not recorded, so this one is in the dump only.
    case_25_no_alarm_for_readers: readers_and_a_writer, locking(1);
}

/// Many locks, always contended, taken in one order.
mod case_25_no_alarm_for_contention {
    use super::*;

    #[vthread]
    fn run(n: usize, turns: usize) -> usize {
        let locks: Vec<Mutex<usize>> = (0..4).map(Mutex::new).collect();
        group! {
            for i in 0..n {
                spawn! {
                    for turn in 0..turns {
                        let low = (i + turn) % 3;
                        let mut first = locks[low].lock();
                        vthread::yield_now();
                        let mut second = locks[low + 1].lock();
                        *first += 1;
                        *second += 1;
                    }
                }
            }
        }
        locks.into_iter().map(Mutex::into_inner).sum()
    }

    #[test]
    fn holds() {
        let (text, status) = in_a_process(module_path!(), "holds", || {
            // Long enough for the watchdog to look several times.
            let end = Instant::now() + Duration::from_secs(1);
            while Instant::now() < end {
                assert_eq!(run(50, 200), 6 + 2 * 50 * 200);
            }
            assert_eq!(vthread::metrics().deadlocks, 0);
        });
        assert!(status.success(), "{text}");
        assert!(!text.contains("deadlock"), "{text}");
    }
}
