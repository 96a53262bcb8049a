//! The inside of a channel under every schedule.

use super::*;
use crate::primitive::{Arc, block_on, thread};
use crate::sync::waitlist::Wait;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

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

fn receive(queue: &Queue<u32>) -> Result<u32, RecvError> {
    let wait = pin!(Wait::new(Messages(queue)));
    block_on(poll_fn(|cx| {
        wait.as_ref()
            .poll(cx, |_, locked, _| Messages::receive(locked))
    }))
    .settle()
}

/// Polls once, and goes away.
fn receive_or_go(queue: &Queue<u32>) -> Option<u32> {
    let wait = pin!(Wait::new(Messages(queue)));
    let mut received = None;
    block_on(poll_fn(|cx| {
        if let Poll::Ready(settled) = wait
            .as_ref()
            .poll(cx, |_, locked, _| Messages::receive(locked))
        {
            received = settled.settle().ok();
        }
        Poll::Ready(())
    }));
    received
}

#[test]
fn loom_channel_what_is_sent_is_received() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let queue = Arc::new(Queue::new(1));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || {
                send(&queue, 1).unwrap();
                send(&queue, 2).unwrap();
                queue.remove_sender();
            })
        };
        assert_eq!(receive(&queue), Ok(1));
        assert_eq!(receive(&queue), Ok(2));
        assert_eq!(receive(&queue), Err(RecvError));
        sender.join().unwrap();
    });
}

#[test]
fn loom_channel_a_receiver_that_leaves_takes_no_message() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let queue = Arc::new(Queue::new(1));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || send(&queue, 1).unwrap())
        };
        let goer = {
            let queue = queue.clone();
            thread::spawn(move || {
                if let Some(message) = receive_or_go(&queue) {
                    send(&queue, message).unwrap();
                }
            })
        };
        assert_eq!(receive(&queue), Ok(1));
        sender.join().unwrap();
        goer.join().unwrap();
    });
}

#[test]
fn loom_channel_senders_learn_that_the_receiver_is_gone() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(1));
        let sender = {
            let queue = queue.clone();
            thread::spawn(move || (send(&queue, 1), send(&queue, 2)))
        };
        queue.remove_receiver();
        let (_, second) = sender.join().unwrap();
        assert_eq!(second, Err(2));
        assert_eq!(queue.len(), 0);
    });
}

/// Reserves room, or polls once and goes away; reserved room is given back.
fn reserve_and_go(queue: &Queue<u32>, waits: bool) {
    let wait = pin!(Wait::new(Room(queue)));
    block_on(poll_fn(|cx| {
        match wait
            .as_ref()
            .poll(cx, |room, locked, _| room.reserve(locked))
        {
            Poll::Ready(settled) => {
                settled.settle().unwrap();
                queue.give_up();
                Poll::Ready(())
            }
            Poll::Pending if waits => Poll::Pending,
            Poll::Pending => Poll::Ready(()),
        }
    }));
}

#[test]
fn loom_channel_a_permit_given_back_is_not_lost() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let queue = Arc::new(Queue::new(1));
        let keeper = {
            let queue = queue.clone();
            thread::spawn(move || reserve_and_go(&queue, true))
        };
        let goer = {
            let queue = queue.clone();
            thread::spawn(move || reserve_and_go(&queue, false))
        };
        send(&queue, 1).unwrap();
        assert_eq!(receive(&queue), Ok(1));
        keeper.join().unwrap();
        goer.join().unwrap();
        assert!(queue.try_send(2).is_ok());
    });
}
