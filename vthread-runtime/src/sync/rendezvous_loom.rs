//! A channel without room of its own, and its end, under every schedule.

use super::super::channel::poll_receive;
use super::super::waitlist::Wait;
use super::*;
use crate::primitive::{Arc, block_on, thread};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

fn send(queue: &Queue<u32>, message: u32) -> Result<(), u32> {
    let wait = pin!(Wait::new(Room(queue)));
    let mut message = Some(message);
    block_on(poll_fn(|cx| {
        wait.as_ref()
            .poll(cx, |room, locked, _| room.send(locked, &mut message))
    }))
    .settle()
    .map_err(|SendError(message)| message)
}

/// Polls until it does not wait, at most `n_polls` times, then goes away.
fn receive(queue: &Queue<u32>, n_polls: usize) -> Option<Result<u32, RecvError>> {
    let wait = pin!(Wait::new(Messages(queue)));
    let mut polls_left = n_polls;
    block_on(poll_fn(|cx| {
        polls_left -= 1;
        match poll_receive(wait.as_ref(), cx) {
            Poll::Ready(settled) => Poll::Ready(Some(settled.settle())),
            Poll::Pending if polls_left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }))
}

#[test]
fn loom_rendezvous_the_two_meet() {
    check(|| {
        let queue = Arc::new(Queue::new(0));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || {
                send(&queue, 1).unwrap();
                send(&queue, 2).unwrap();
            })
        };
        assert_eq!(receive(&queue, usize::MAX), Some(Ok(1)));
        assert_eq!(receive(&queue, usize::MAX), Some(Ok(2)));
        sender.join().unwrap();
    });
}

/// The message that a sender gave for a receiver that went away is received by the next one, and no
/// sender is left.
#[test]
fn loom_rendezvous_a_receiver_that_leaves_takes_no_message() {
    check(|| {
        let queue = Arc::new(Queue::new(0));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || send(&queue, 1).unwrap())
        };
        let goer = {
            let queue = queue.clone();
            thread::spawn(move || receive(&queue, 1))
        };
        let gone = goer.join().unwrap();
        if gone.is_none() {
            assert_eq!(receive(&queue, usize::MAX), Some(Ok(1)));
        }
        sender.join().unwrap();
        assert_eq!(queue.len(), 0);
    });
}

/// A sender that goes away leaves the receiver of its notification to the other sender.
#[test]
fn loom_rendezvous_a_sender_that_leaves_makes_room() {
    check(|| {
        let queue = Arc::new(Queue::new(0));
        let goer = {
            let queue = queue.clone();
            thread::spawn(move || {
                let wait = pin!(Wait::new(Room(&*queue)));
                let mut message = Some(7);
                block_on(poll_fn(|cx| {
                    let sent = wait
                        .as_ref()
                        .poll(cx, |room, locked, _| room.send(locked, &mut message));
                    Poll::Ready(match sent {
                        Poll::Ready(settled) => settled.settle().is_ok(),
                        Poll::Pending => false,
                    })
                }))
            })
        };
        let receiver = {
            let queue = queue.clone();
            thread::spawn(move || receive(&queue, usize::MAX))
        };
        let has_sent = goer.join().unwrap();
        if !has_sent {
            send(&queue, 8).unwrap();
        }
        let received = receiver.join().unwrap();
        assert_eq!(received, Some(Ok(if has_sent { 7 } else { 8 })));
    });
}

/// A `try_recv` asks a waiting sender, and finds its message some time later.
#[test]
fn loom_rendezvous_an_attempt_meets_a_sender_too() {
    check(|| {
        let queue = Arc::new(Queue::new(0));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || send(&queue, 1))
        };
        let mut received = queue.try_receive();
        if received.is_err() {
            received = queue.try_receive();
        }
        if received.is_err() {
            queue.close();
        }
        let sent = sender.join().unwrap();
        // Taken, or still there, or not sent.
        let left = queue.try_receive();
        assert_eq!(sent.is_ok(), received.is_ok() || left.is_ok());
    });
}

/// A weak sender becomes one, or finds that the last one is gone: the receiver is not left waiting.
#[test]
fn loom_weak_sender_upgrades_or_the_end_has_come() {
    check(|| {
        let queue = Arc::new(Queue::new(1));
        let weak = {
            let queue = queue.clone();
            thread::spawn(move || {
                let is_sender = queue.add_another_sender();
                if is_sender {
                    send(&queue, 1).unwrap();
                    queue.remove_sender();
                }
                is_sender
            })
        };
        let last = {
            let queue = queue.clone();
            thread::spawn(move || queue.remove_sender())
        };
        let received = receive(&queue, usize::MAX);
        let is_sender = weak.join().unwrap();
        last.join().unwrap();
        assert_eq!(received.unwrap().is_ok(), is_sender);
        assert!(queue.try_receive().is_err());
    });
}

/// Room that was reserved before a channel is closed: a receiver waits for its message, and no
/// longer.
#[test]
fn loom_closing_what_was_reserved_is_waited_for() {
    check(|| {
        let queue = Arc::new(Queue::new(1));
        assert!(Room(&*queue).reserve(&mut queue.locked.lock()).is_some());
        let receivers = [(); 2].map(|()| {
            let queue = queue.clone();
            thread::spawn(move || receive(&queue, usize::MAX).unwrap().is_ok())
        });
        queue.close();
        queue.send_reserved(1).unwrap();
        let received = receivers.map(|receiver| receiver.join().unwrap());
        assert!(received[0] != received[1]);
    });
}
