//! Edge case 38: a value that a loser of a race might have taken is still there.

// The programs are written as users may write them.
#![allow(clippy::redundant_pattern_matching)]

use super::*;
use vthread::net::{TcpListener, TcpStream};
use vthread::sync::{Receiver, oneshot, recv_any, unbounded};

/// Messages for all runners at once: one is taken, by the winner.
#[vthread]
fn race_for_messages(n: usize) -> Vec<usize> {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..n).map(|_| unbounded()).unzip();
    group! {
        for (i, sender) in senders.into_iter().enumerate() {
            spawn! { sender.send(i).unwrap(); };
        }
        let won = race!(for receiver in &receivers => receiver.recv());
        let mut all = vec![won.unwrap()];
        while let Ok((i, message)) = recv_any(&receivers) {
            assert_eq!(i, message);
            all.push(message);
        }
        all.sort_unstable();
        all
    }
}

#[test]
fn r18_a_race_of_receivers_loses_no_message() {
    for round in 0..300 {
        let n = 2 + round % 7;
        assert_eq!(race_for_messages(n), Vec::from_iter(0..n));
    }
}

/// A timeout cuts the race short at any moment: its value is delivered, or no message was taken.
#[vthread]
fn race_in_time(receivers: &[Receiver<usize>], turns: u32) -> Option<usize> {
    let won = timeout!(Duration::from_micros(u64::from(turns)) => {
        let won = race!(for receiver in receivers => receiver.recv());
        won.unwrap()
    });
    won.ok()
}

#[vthread]
fn race_until_all_are_taken(n_messages: usize) -> usize {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| unbounded()).unzip();
    let mut taken = 0;
    group! {
        spawn! {
            for i in 0..n_messages {
                senders[i % 3].send(i).unwrap();
                yield_now();
            }
        };
        let mut turns = 0;
        while taken < n_messages {
            turns = (turns + 37) % 400;
            if let Some(_) = race_in_time(&receivers, turns) {
                taken += 1;
            }
        }
    }
    assert!(receivers.iter().all(|receiver| receiver.is_empty()));
    taken
}

#[test]
fn r18_a_race_that_is_cut_short_loses_no_message() {
    // It would hang if one were lost.
    assert_eq!(race_until_all_are_taken(300), 300);
}

#[vthread]
fn race_to_send() -> usize {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..4).map(|_| channel(1)).unzip();
    let sent = race!(for sender in &senders => sender.send(()));
    sent.unwrap();
    receivers.iter().map(|receiver| receiver.len()).sum()
}

#[test]
fn r18_one_message_is_sent_by_a_race() {
    for _ in 0..300 {
        assert_eq!(race_to_send(), 1);
    }
}

/// Connections that wait at several listeners, of which one is accepted.
#[vthread]
fn race_to_accept() -> std::io::Result<()> {
    let (mut listeners, mut clients) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        clients.push(TcpStream::connect(listener.local_addr()?)?);
        listeners.push(listener);
    }
    let mut accepted = Vec::new();
    while accepted.len() < clients.len() {
        // A listener whose connection is gone waits in vain, and loses.
        let won = race!(for listener in &listeners => listener.accept());
        let (_, peer) = won.unwrap();
        accepted.push(peer);
    }
    for client in &clients {
        assert!(accepted.contains(&client.local_addr()?));
    }
    Ok(())
}

#[test]
fn r18_a_race_of_listeners_loses_no_connection() {
    for _ in 0..30 {
        race_to_accept().unwrap();
    }
}

/// A runner that took something and then waits has not won: the others continue meanwhile.
#[vthread]
fn take_and_wait() -> u32 {
    let (first, takes) = oneshot();
    let (second, also_takes) = oneshot();
    first.send(1).unwrap();
    second.send(2).unwrap();
    let won: Result<_, Failures<()>> = race!(error = (), for (slow, taking) in [(true, takes), (false, also_takes)] => {
        let n = taking.recv().unwrap();
        if slow {
            sleep(LONG);
        }
        Ok(n)
    });
    won.unwrap()
}

#[test]
fn r18_the_turn_is_given_back() {
    for _ in 0..50 {
        assert_eq!(take_and_wait(), 2);
    }
}
