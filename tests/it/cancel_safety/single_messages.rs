//! Channels of a single message: a waiter that is cancelled leaves it to another.

use super::*;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex as PlainMutex};
use vthread::sync::{OneshotReceiver, oneshot};

/// Receives from the channel that is there at the moment.
struct Receive<'a> {
    current: &'a PlainMutex<Arc<OneshotReceiver<usize>>>,
    received: &'a PlainMutex<Vec<usize>>,
}

#[vthread]
impl Attempt for Receive<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        let receiver = self.current.lock().unwrap().clone();
        counts.begin();
        // An error: another one has it.
        if let Ok(message) = receiver.recv() {
            self.received.lock().unwrap().push(message);
        }
        counts.done();
    }
}

#[vthread]
fn receive(seed: u64, n: usize) -> (usize, usize) {
    let received = PlainMutex::new(Vec::new());
    let (first, receiver) = oneshot();
    let current = PlainMutex::new(Arc::new(receiver));
    let what = Receive {
        current: &current,
        received: &received,
    };
    let is_over = AtomicBool::new(false);
    let (result, n_sent) = group! {
        let (is_over, current, received) = (&is_over, &current, &received);
        let sender = spawn! {
            let (mut sender, mut n_sent) = (first, 0);
            loop {
                pause(seed % 7);
                sender.send(n_sent).unwrap();
                n_sent += 1;
                while received.lock().unwrap().len() < n_sent {
                    if is_over.load(Ordering::SeqCst) {
                        return n_sent;
                    }
                    yield_now();
                }
                let (next, receiver) = oneshot();
                sender = next;
                *current.lock().unwrap() = Arc::new(receiver);
            }
        };
        let result = storm(&what, seed, n);
        is_over.store(true, Ordering::SeqCst);
        (result, sender.join())
    };
    if let Ok(message) = current.into_inner().unwrap().try_recv() {
        received.lock().unwrap().push(message);
    }
    assert!(received.into_inner().unwrap().into_iter().eq(0..n_sent));
    result
}

#[test]
fn a_waiter_loses_none() {
    conserved("receivers of a single message", receive);
}
