//! Edge case 25: a cycle made wholly of lock-owner, join and group edges is certain, and is
//! reported once; nothing else is.
//!
//! Each deadlock is a scene in a process of its own. `no_deadlocks.rs` tests what must not be
//! reported.

use super::process::{in_a_process, wait_for_deadlocks};
use std::thread;
use vthread::prelude::*;
use vthread::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock, channel, oneshot};
use vthread::time::Duration;
use vthread::{Config, OnDeadlock, Task};

/// A test of the report of `scene`, which waits forever: `n` deadlocks, with each of the `parts`.
macro_rules! reported {
    ($($(#[$attr:meta])* $name:ident: $scene:expr, $n:expr, $parts:expr;)*) => {$(
        $(#[$attr])*
        #[test]
        fn $name() {
            let (text, status) = in_a_process(module_path!(), stringify!($name), || {
                thread::spawn(|| $scene());
                wait_for_deadlocks($n);
            });
            assert!(status.success(), "{text}");
            assert_eq!(text.matches("vthread: deadlock").count(), $n, "{text}");
            for part in $parts {
                assert!(text.contains(part), "{part} in:\n{text}");
            }
        }
    )*};
}

#[vthread]
fn lock_twice() {
    let lock = Mutex::new(1);
    let first = lock.lock();
    let second = lock.lock();
    unreachable!("{}", *first + *second)
}

#[vthread]
pub(super) fn cross() {
    let (left, right, both) = (Mutex::new(0), Mutex::new(0), Barrier::new(2));
    group! {
        spawn!(name = "lefty" => {
            let _left = left.lock();
            both.wait();
            *right.lock() += 1;
        });
        spawn!(name = "righty" => {
            let _right = right.lock();
            both.wait();
            *left.lock() += 1;
        });
    }
}

/// In sequence, so that a later look reports the second.
#[vthread]
fn cross_and_again() {
    group! {
        spawn! { cross() }
        spawn! {
            vthread::blocking(|| wait_for_deadlocks(1));
            lock_twice();
        }
    }
}

#[vthread]
fn hold_across_a_group() {
    let lock = Mutex::new(0);
    let _guard = lock.lock();
    group!(name = "workers" => {
        spawn!(name = "idler" => { vthread::yield_now() });
        spawn!(name = "worker" => { *lock.lock() += 1 });
    })
}

#[vthread]
fn join_each_other() {
    let (to_one, for_one) = oneshot::<Task<()>>();
    let (to_other, for_other) = oneshot::<Task<()>>();
    group! {
        let one = spawn!(name = "one" => {
            let other = for_one.recv().unwrap();
            other.join();
        });
        let other = spawn!(name = "other" => {
            let one = for_other.recv().unwrap();
            one.join();
        });
        let _ = to_one.send(other);
        let _ = to_other.send(one);
    }
}

#[vthread]
fn hold_across_a_join() {
    let lock = Mutex::new(0);
    group! {
        let guard = lock.lock();
        let task = spawn!(name = "adder" => { *lock.lock() += 1 });
        task.join();
        drop(guard);
    }
}

#[vthread]
fn lock_in_a_closure() {
    let lock = Mutex::new(0);
    group! {
        spawn!(name = "caller" => {
            let _guard = lock.lock();
            (1..3).for_each(|n| *lock.lock() += n);
        });
    }
}

#[vthread]
fn read_what_one_writes() {
    let lock = RwLock::new(0);
    let writing = lock.write();
    let reading = lock.read();
    unreachable!("{}", *writing + *reading)
}

#[vthread]
fn make_what_one_makes() {
    let cell = OnceLock::new();
    cell.get_or_init(|| {
        let other: &i32 = cell.get_or_init(|| 1);
        other + 1
    });
}

#[vthread]
fn retake_after_a_notification() {
    let (queue, log, changed) = (Mutex::new(0), Mutex::new(0), Condvar::new());
    let ready = Barrier::new(2);
    group! {
        spawn!(name = "taker" => {
            let _log = log.lock();
            let queue = queue.lock();
            ready.wait();
            let _queue = changed.wait_while(queue, |n| *n == 0);
        });
        spawn!(name = "giver" => {
            ready.wait();
            let mut queue = queue.lock();
            *queue += 1;
            changed.notify_one();
            *log.lock() += 1;
        });
    }
}

/// The parent's group is open already, and many of its children have ended.
#[vthread]
fn cross_with_the_body() {
    let (left, right, both) = (Mutex::new(0), Mutex::new(0), Barrier::new(2));
    let (tx, rx) = channel::<String>(9);
    group!(name = "crew" => {
        spawn!(name = "sleeper" => { vthread::time::sleep(Duration::from_secs(3600)) });
        spawn!(name = "mate" => {
            tx.send("ahoy".to_owned()).unwrap();
            let _right = right.lock();
            both.wait();
            *left.lock() += 1;
        });
        rx.recv().unwrap();
        let _left = left.lock();
        both.wait();
        *right.lock() += 1;
    })
}

#[vthread]
pub(super) fn take(one: &Mutex<()>, other: &Mutex<()>, both: &Barrier) {
    let _one = one.lock();
    both.wait();
    let _ = other.lock();
}

/// Two blocking calls of plain threads.
fn cross_between_threads() {
    let (left, right, both) = (Mutex::new(()), Mutex::new(()), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| take(&left, &right, &both));
        scope.spawn(|| take(&right, &left, &both));
    });
}

/// Among children of the process.
fn cross_in_the_background() {
    background!(name = "behind" => { cross() });
}

reported! {
    case_25_a_lock_that_is_taken_twice: lock_twice, 1,
        ["waits for itself", "the blocking call (made at ", "for a lock that"];
    case_25_two_locks_in_two_orders: cross, 1,
        ["2 vthreads", "`lefty` (spawned at ", "for a lock that `righty` (spawned at"];
    /// Each deadlock is reported once, whatever comes later.
    case_25_each_is_reported_once: cross_and_again, 2, ["`lefty`", "waits for itself"];
    case_25_a_lock_that_is_held_across_a_group: hold_across_a_group, 1,
        ["for the children of its group `workers` at", "among them `worker`", "for a lock that the blocking call"];
    case_25_two_that_join_each_other: join_each_other, 1,
        ["`one` (spawned at", "for the end of `other`", "for the end of `one`"];
    case_25_a_lock_that_is_held_across_a_join: hold_across_a_join, 1, ["for the end of `adder`"];
    case_25_a_lock_that_is_taken_again_in_a_closure: lock_in_a_closure, 1,
        ["`caller`", "waits in plain code for the blocking call"];
    case_25_a_lock_that_is_written_and_read: read_what_one_writes, 1, ["waits for itself"];
    case_25_a_cell_that_needs_itself: make_what_one_makes, 1, ["2 vthreads"];
    case_25_a_lock_that_is_taken_again_after_a_wait: retake_after_a_notification, 1, ["`taker`", "`giver`"];
    case_25_a_body_and_its_child: cross_with_the_body, 1, ["`mate`", "2 vthreads"];
    case_25_calls_of_two_plain_threads: cross_between_threads, 1,
        ["2 vthreads wait for one another\n  the blocking call"];
    case_25_children_of_the_process: cross_in_the_background, 1, ["`lefty`", "`righty`"];
}

/// The first line of this file that has the text.
fn line_of(text: &str) -> String {
    let mut lines = include_str!("deadlocks.rs").lines();
    let before = lines.position(|line| line.contains(text)).unwrap();
    format!("deadlocks.rs:{}:", before + 1)
}

#[test]
fn case_25_every_place_is_told() {
    let (text, _) = in_a_process(module_path!(), "case_25_every_place_is_told", || {
        thread::spawn(cross);
        wait_for_deadlocks(1);
    });
    let line = |name: &str| {
        let mut lines = text.lines();
        lines
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name} in:\n{text}"))
    };
    let spawned = [
        line_of("spawn!(name = \"lefty\""),
        line_of("spawn!(name = \"righty\""),
    ];
    let taken = [
        line_of("let _left = left.lock();"),
        line_of("let _right = right.lock();"),
    ];
    let wanted = [
        line_of("*right.lock() += 1;"),
        line_of("*left.lock() += 1;"),
    ];
    for (me, name) in ["  `lefty`", "  `righty`"].iter().enumerate() {
        let other = 1 - me;
        let line = line(name);
        let places = [&spawned[me], &wanted[me], &spawned[other], &taken[other]];
        let at = places.map(|place| {
            line.find(place.as_str())
                .unwrap_or_else(|| panic!("{place} in {line}"))
        });
        assert!(at.is_sorted(), "{line}");
    }
}

mod case_25_what_follows {
    use super::*;

    struct Told(&'static str);
    impl Drop for Told {
        fn drop(&mut self) {
            eprintln!("{} is dropped", self.0);
        }
    }

    #[vthread]
    fn run() {
        let _root = Told("the root");
        group! {
            spawn! {
                let _child = Told("a child");
                cross();
            }
        }
        vthread::yield_now();
        unreachable!("it is cancelled");
    }

    fn ends(name: &str, on_deadlock: OnDeadlock) -> (String, std::process::ExitStatus) {
        in_a_process(module_path!(), name, || {
            Config::new().on_deadlock(on_deadlock).install().unwrap();
            let ended = thread::spawn(run).join();
            assert!(ended.is_err(), "it unwinds");
            eprintln!("the caller goes on");
        })
    }

    #[test]
    fn the_root_is_cancelled() {
        let (text, status) = ends("the_root_is_cancelled", OnDeadlock::CancelRoot);
        assert!(status.success(), "{text}");
        let order = [
            "vthread: deadlock: 2",
            "a child is dropped",
            "the root is dropped",
            "the caller goes on",
        ];
        let at = order.map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")));
        assert!(at.is_sorted(), "{text}");
    }

    #[test]
    fn a_child_of_the_process_is_cancelled() {
        let name = "a_child_of_the_process_is_cancelled";
        let (text, status) = in_a_process(module_path!(), name, || {
            let config = Config::new().on_deadlock(OnDeadlock::CancelRoot);
            config.install().unwrap();
            let task = background!(name = "behind" => { run() });
            while !task.is_finished() {
                thread::yield_now();
            }
            eprintln!("{}", task.outcome().unwrap());
        });
        assert!(status.success(), "{text}");
        let order = ["a child is dropped", "the root is dropped", "deadlock\n"];
        let mut at = 0;
        for part in order {
            at += text[at..]
                .find(part)
                .unwrap_or_else(|| panic!("{part}: {text}"));
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_process_is_aborted() {
        use std::os::unix::process::ExitStatusExt;
        let (text, status) = ends("the_process_is_aborted", OnDeadlock::Abort);
        assert!(text.contains("vthread: deadlock: 2"), "{text}");
        assert!(!text.contains("dropped"), "{text}");
        assert!(status.signal().is_some(), "{status}");
    }
}
