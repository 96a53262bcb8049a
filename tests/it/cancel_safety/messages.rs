//! Messages: each is received once, or is still in the channel; one whose sending was cancelled is
//! not.

use super::*;
use std::sync::Mutex as PlainMutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use vthread::sync::{Receiver, Sender, channel};

struct Receive<'a> {
    rx: Receiver<u64>,
    received: &'a PlainMutex<Vec<u64>>,
}

#[vthread]
impl Attempt for Receive<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        let message = self.rx.recv().unwrap();
        self.received.lock().unwrap().push(message);
        counts.done();
    }
}

struct Send<'a> {
    tx: Sender<u64>,
    next: AtomicU64,
    sent: &'a PlainMutex<Vec<u64>>,
}

#[vthread]
impl Attempt for Send<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        let message = self.next.fetch_add(1, Ordering::SeqCst);
        counts.begin();
        self.tx.send(message).unwrap();
        self.sent.lock().unwrap().push(message);
        counts.done();
    }
}

fn sorted(messages: PlainMutex<Vec<u64>>) -> Vec<u64> {
    let mut messages = messages.into_inner().unwrap();
    messages.sort_unstable();
    messages
}

#[vthread]
fn receive(seed: u64, n: usize) -> (usize, usize) {
    let (received, n_sent) = (PlainMutex::new(Vec::new()), AtomicU64::new(0));
    let (tx, rx) = channel(1 + seed as usize % 4);
    let what = Receive {
        rx: rx.clone(),
        received: &received,
    };
    let is_over = AtomicBool::new(false);
    let result = group! {
        spawn! {
            while !is_over.load(Ordering::SeqCst) {
                tx.send(n_sent.load(Ordering::SeqCst)).unwrap();
                n_sent.fetch_add(1, Ordering::SeqCst);
                pause(seed % 3);
            }
            drop(tx);
        }
        let result = storm(&what, seed, n);
        is_over.store(true, Ordering::SeqCst);
        // Waiting senders get capacity.
        for message in rx {
            received.lock().unwrap().push(message);
        }
        result
    };
    let all: Vec<u64> = (0..n_sent.into_inner()).collect();
    assert!(sorted(received) == all);
    result
}

#[vthread]
fn send(seed: u64, n: usize) -> (usize, usize) {
    let (sent, received) = (PlainMutex::default(), PlainMutex::new(Vec::new()));
    let (tx, rx) = channel(1 + seed as usize % 4);
    let what = Send {
        tx,
        next: AtomicU64::new(0),
        sent: &sent,
    };
    let result = group! {
        spawn! {
            for message in rx {
                received.lock().unwrap().push(message);
                pause(seed % 3);
            }
        }
        let result = storm(&what, seed, n);
        drop(what);
        result
    };
    assert!(sorted(sent) == sorted(received));
    result
}

#[test]
fn a_receiver_loses_none() {
    conserved("receivers", receive);
}

#[test]
fn a_sender_loses_none() {
    conserved("senders", send);
}
