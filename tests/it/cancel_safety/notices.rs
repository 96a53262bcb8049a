//! Notices: what a cancelled waiter was told is told to another, and what it was shown is shown
//! again.

use super::*;
use std::sync::Mutex as PlainMutex;
use vthread::sync::{Barrier, BroadcastReceiver, Condvar, Mutex, Notify, OnceLock, WatchSender};
use vthread::sync::{broadcast, watch};

/// What is lost is waited for in vain: no test waits longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// One notification that goes from waiter to waiter.
struct Notified<'a>(&'a Notify);

#[vthread]
impl Attempt for Notified<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        self.0.notified();
        counts.done();
        self.0.notify_one();
    }
}

#[vthread]
fn notify(seed: u64, n: usize) -> (usize, usize) {
    let notify = Notify::new();
    notify.notify_one();
    group! {
        spawn!(service => {
            loop {
                notify.notified();
                // Nothing cancels it here: it keeps the notification meanwhile.
                shield! { pause(2); }
                notify.notify_one();
            }
        });
        let result = storm(&Notified(&notify), seed, n);
        for _ in 0..100 {
            timeout!(PATIENCE => notify.notified()).expect("the notification is there");
            notify.notify_one();
        }
        result
    }
}

/// Each attempt waits for the next value.
struct Changed<'a>(&'a WatchSender<u64>);

#[vthread]
impl Attempt for Changed<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        let mut receiver = self.0.subscribe();
        let before = *receiver.borrow_and_update();
        if random >> 16 & 1 == 0 {
            // A wait that is cancelled has seen nothing.
            let first = timeout!(Duration::from_micros(random >> 20 & 63) => receiver.changed());
            assert!(first.is_ok() || receiver.has_changed().is_ok());
        }
        counts.begin();
        receiver.changed().unwrap();
        counts.done();
        assert!(*receiver.borrow_and_update() > before);
    }
}

#[vthread]
fn changed(seed: u64, n: usize) -> (usize, usize) {
    let (sender, receiver) = watch(0);
    group! {
        for _ in 0..3 {
            let mut receiver = receiver.clone();
            spawn! {
                let mut last = 0;
                while last < u64::MAX {
                    timeout!(PATIENCE => receiver.changed()).expect("a value").unwrap();
                    let value = *receiver.borrow_and_update();
                    assert!(value > last);
                    last = value;
                }
            }
        }
        let sending = spawn! {
            loop {
                sender.send_modify(|value| *value += 1);
                pause(3);
            }
        };
        let result = storm(&Changed(&sender), seed, n);
        sending.cancel();
        // It may be about to send once more, and no value comes after the last one.
        while !sending.is_finished() {
            yield_now();
        }
        sender.send_replace(u64::MAX);
        result
    }
}

/// The messages of one receiver, which all of them share.
struct Heard<'a> {
    receiver: &'a BroadcastReceiver<u64>,
    messages: &'a PlainMutex<Vec<u64>>,
}

#[vthread]
impl Attempt for Heard<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        let message = self.receiver.recv().unwrap();
        counts.done();
        self.messages.lock().unwrap().push(message);
    }
}

#[vthread]
fn heard(seed: u64, n: usize) -> (usize, usize) {
    const ROOM: u64 = 64;
    let (sender, receiver) = broadcast(ROOM as usize);
    let messages = PlainMutex::new(Vec::new());
    let n_sent = AtomicUsize::new(0);
    let result = group! {
        let (sender, n_sent) = (&sender, &n_sent);
        let receiver = &receiver;
        let sending = spawn! {
            loop {
                if receiver.len() < ROOM / 2 {
                    sender.send(n_sent.fetch_add(1, Ordering::SeqCst) as u64).unwrap();
                }
                pause(1);
            }
        };
        let what = Heard { receiver, messages: &messages };
        let result = storm(&what, seed, n);
        sending.cancel();
        result
    };
    let mut messages = messages.into_inner().unwrap();
    messages.extend(std::iter::from_fn(|| receiver.try_recv().ok()));
    messages.sort_unstable();
    assert!(messages.into_iter().eq(0..n_sent.into_inner() as u64));
    result
}

/// Tokens that are taken one by one.
struct Taken<'a> {
    tokens: &'a Mutex<usize>,
    more: &'a Condvar,
}

#[vthread]
impl Taken<'_> {
    fn take(&self) {
        let tokens = self.tokens.lock();
        let mut tokens = self.more.wait_while(tokens, |tokens| *tokens == 0);
        *tokens -= 1;
    }
}

#[vthread]
impl Attempt for Taken<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        self.take();
        counts.done();
    }
}

#[vthread]
fn taken(seed: u64, n: usize) -> (usize, usize) {
    let (tokens, more) = (Mutex::new(0), Condvar::new());
    let (n_made, n_taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let what = Taken {
        tokens: &tokens,
        more: &more,
    };
    let result = group! {
        let (tokens, more, what) = (&tokens, &more, &what);
        // A token is made when there is none: one that is lost stops all.
        spawn!(service => {
            loop {
                let mut left = tokens.lock();
                if *left == 0 {
                    *left += 1;
                    n_made.fetch_add(1, Ordering::SeqCst);
                    more.notify_one();
                }
                drop(left);
                pause(1);
            }
        });
        let result = storm(what, seed, n);
        for _ in 0..100 {
            timeout!(PATIENCE => what.take()).expect("there is one");
            n_taken.fetch_add(1, Ordering::SeqCst);
        }
        result
    };
    let left = *tokens.try_lock().expect("it is free");
    assert_eq!(n_made.into_inner(), result.1 + n_taken.into_inner() + left);
    result
}

/// A value that comes late.
struct Waited<'a>(&'a OnceLock<u64>);

#[vthread]
impl Attempt for Waited<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        self.0.wait();
        counts.done();
    }
}

#[vthread]
fn waited(seed: u64, n: usize) -> (usize, usize) {
    let cell = OnceLock::<u64>::new();
    group! {
        let mut waiters = Vec::new();
        for _ in 0..100 {
            let cell = &cell;
            waiters.push(spawn! { *cell.wait() });
        }
        let result = storm(&Waited(&cell), seed, n);
        cell.set(seed).unwrap();
        let all = timeout!(PATIENCE => {
            for waiter in waiters {
                assert_eq!(waiter.join(), seed);
            }
        });
        all.expect("they are told");
        result
    }
}

/// Pairs that meet.
struct Met<'a> {
    barrier: &'a Barrier,
    n_leaders: AtomicUsize,
    n_passed: AtomicUsize,
}

#[vthread]
impl Met<'_> {
    fn meet(&self) {
        let met = self.barrier.wait();
        self.n_leaders
            .fetch_add(met.is_leader().into(), Ordering::SeqCst);
        self.n_passed.fetch_add(1, Ordering::SeqCst);
    }
}

#[vthread]
impl Attempt for Met<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        self.meet();
        counts.done();
    }
}

#[vthread]
fn met(seed: u64, n: usize) -> (usize, usize) {
    let barrier = Barrier::new(3);
    let what = Met {
        barrier: &barrier,
        n_leaders: AtomicUsize::new(0),
        n_passed: AtomicUsize::new(0),
    };
    let result = group! {
        let what = &what;
        let result = storm(what, seed, n);
        let before = what.n_passed.load(Ordering::SeqCst);
        // One who went has not arrived: of so many, all that fill a round pass.
        group! {
            for _ in 0..300 {
                spawn!(service => { what.meet(); });
            }
            let all = timeout!(PATIENCE => {
                while what.n_passed.load(Ordering::SeqCst) < before + 300 {
                    yield_now();
                }
            });
            all.expect("all of them pass");
        }
        result
    };
    // Each round has one leader. One of it that is cancelled when it has opened does not pass.
    let (n_passed, n_leaders) = (what.n_passed.into_inner(), what.n_leaders.into_inner());
    assert!(n_leaders <= n_passed && n_passed <= 3 * n_leaders);
    result
}

#[test]
fn a_notification_is_passed_on() {
    conserved("notifications", notify);
}

#[test]
fn a_value_is_seen_by_all_others() {
    conserved("watched values", changed);
}

#[test]
fn a_broadcast_message_is_not_lost() {
    conserved("broadcast messages", heard);
}

#[test]
fn a_condition_reaches_another_waiter() {
    conserved("conditions", taken);
}

#[test]
fn a_late_value_reaches_the_others() {
    conserved("late values", waited);
}

#[test]
fn a_barrier_counts_who_is_there() {
    conserved("barriers", met);
}
