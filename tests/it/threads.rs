//! The current vthread: its id and name, `park` and `unpark`, and whether it is cancelled.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use vthread::prelude::*;
use vthread::sync::oneshot;
use vthread::thread::{self, Thread, ThreadId};
use vthread::time::{Duration, Instant};

#[vthread]
fn who() -> (ThreadId, Option<String>) {
    let before = thread::current();
    thread::yield_now();
    let after = thread::current();
    assert_eq!(before.id(), after.id());
    (after.id(), after.name().map(str::to_owned))
}

/// Ids and names are those of the tasks; the body of a group has those of its opener.
#[vthread]
fn names() {
    let me = who();
    group! {
        assert_eq!(who(), me);
        let named = spawn!(name = "worker" => { who() });
        let nameless = spawn! { who() };
        let (named_id, nameless_id) = (named.id(), nameless.id());
        assert_eq!(named.thread().id(), named_id);
        assert_eq!(named.join(), (named_id, Some("worker".to_owned())));
        assert_eq!(nameless.join(), (nameless_id, None));
        assert!(named_id != nameless_id && named_id != me.0);
    }
}

#[test]
fn each_vthread_knows_itself() {
    names();
    let plain = std::thread::Builder::new().name("plain".to_owned());
    let (id, name) = plain.spawn(who).unwrap().join().unwrap();
    assert_eq!(name.as_deref(), Some("plain"));
    assert_ne!(id, who().0);
    assert!(in_a_child());
}

/// A plain frame below a vthread belongs to it.
#[vthread]
fn below() -> bool {
    let me = thread::current().id();
    [1].iter().all(|_| who().0 == me)
}

#[vthread]
fn in_a_child() -> bool {
    group! {
        let child = spawn! { below() };
        child.join()
    }
}

/// A baton goes round: each vthread parks until the one before unparks it.
#[vthread]
fn baton(n_runners: usize, n_rounds: usize) -> usize {
    let n_steps = AtomicUsize::new(0);
    group! {
        let runners: Vec<_> = (0..n_runners).collect();
        let mut threads: Vec<Thread> = Vec::new();
        let (tx, rx) = vthread::sync::watch::<Vec<Thread>>(Vec::new());
        for i in runners {
            let mut rx = rx.clone();
            let n_steps = &n_steps;
            let task = spawn! {
                rx.wait_for(|all| all.len() == n_runners).unwrap();
                let all = rx.borrow().clone();
                for round in 0..n_rounds {
                    while n_steps.load(Ordering::SeqCst) != round * n_runners + i {
                        thread::park();
                    }
                    n_steps.fetch_add(1, Ordering::SeqCst);
                    all[(i + 1) % n_runners].unpark();
                }
            };
            threads.push(task.thread());
        }
        tx.send(threads).unwrap();
    }
    n_steps.into_inner()
}

#[test]
fn a_baton_is_not_lost() {
    assert_eq!(baton(4, 500), 2_000);
}

#[test]
fn a_permission_is_kept_for_later() {
    let me = thread::current();
    me.unpark();
    me.unpark();
    thread::park();
    let start = Instant::now();
    thread::park_timeout(Duration::from_millis(2));
    assert!(start.elapsed() >= Duration::from_millis(2), "one was kept");
    me.unpark();
    thread::park_timeout(Duration::MAX);
}

#[vthread]
fn cancelled_while_parked() -> bool {
    let limit = Duration::from_millis(2);
    timeout!(limit => thread::park()).is_err()
}

#[test]
fn a_cancelled_one_parks_no_more() {
    assert!(cancelled_while_parked());
}

/// A loop that computes checks for cancellation, and ends.
#[vthread]
fn computes() -> bool {
    let mut has_seen = false;
    let limit = Duration::from_millis(2);
    assert!(!vthread::is_cancelled());
    let result = timeout!(limit => {
        while !vthread::is_cancelled() {
            std::hint::spin_loop();
        }
        has_seen = true;
        vthread::checkpoint();
        unreachable!("it is cancelled");
    });
    result.is_err() && has_seen && !vthread::is_cancelled()
}

#[test]
fn a_loop_can_ask() {
    assert!(computes());
}

/// The work of a helper thread for a cancelled vthread: it checks for cancellation, or is ended.
#[vthread]
fn in_blocking(told: mpsc::Sender<&'static str>) {
    let limit = Duration::from_millis(2);
    let asks = told.clone();
    let (begun, has_begun) = oneshot();
    group! {
        let task = spawn! {
            vthread::blocking(move || {
                assert!(!vthread::is_cancelled());
                begun.send(()).unwrap();
                while !vthread::is_cancelled() {
                    std::thread::yield_now();
                }
                asks.send("asked").unwrap();
            });
        };
        has_begun.recv().unwrap();
        task.cancel();
    }
    struct Tells(mpsc::Sender<&'static str>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.send("unwound").unwrap();
        }
    }
    let tells = Tells(told);
    let result = timeout!(limit => vthread::blocking(move || {
        let _tells = tells;
        loop {
            vthread::checkpoint();
        }
    }));
    assert!(result.is_err());
}

#[test]
fn work_on_a_helper_can_ask() {
    let (told, tells) = mpsc::channel();
    in_blocking(told);
    let mut all: Vec<_> = tells.iter().collect();
    all.sort_unstable();
    assert_eq!(all, ["asked", "unwound"]);
}

#[vthread]
fn in_blocking_scoped(limit: Duration, n_rounds: &mut u64) -> bool {
    let asked = timeout!(limit => vthread::blocking_scoped(|| {
        while !vthread::is_cancelled() {
            *n_rounds += 1;
        }
    }));
    let ended = timeout!(limit => vthread::blocking_scoped(|| {
        loop {
            vthread::checkpoint();
        }
    }));
    assert!(ended.is_err(), "ended work is not delivered");
    // Finished work is.
    asked.is_ok()
}

/// The time may be over before a helper has begun: then the test tries a longer one.
#[test]
fn work_that_borrows_can_ask() {
    let is_delivered = (1..12).any(|n| {
        let mut n_rounds = 0;
        let is_delivered = in_blocking_scoped(Duration::from_millis(1 << n), &mut n_rounds);
        is_delivered && n_rounds > 0
    });
    assert!(is_delivered);
}
