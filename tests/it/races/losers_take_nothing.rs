//! Edge case 38: a value that a loser of a race might have taken is still there.

// The programs are written as users may write them.
#![allow(clippy::redundant_pattern_matching)]

use super::*;
use std::future::IntoFuture;
use vthread::fs::{self, File};
use vthread::io::{BufReader, duplex};
use vthread::net::{TcpListener, TcpStream};
use vthread::sync::{Condvar, Notify, Receiver, broadcast, oneshot, recv_any, unbounded, watch};

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

/// One value for each of several runners is there, all at once.
const N: usize = 4;
const ROUNDS: usize = 100;

/// Spins between an operation and the end of its runner, on the same thread: without the guarantee
/// the others would take their values meanwhile.
fn dawdle() {
    for _ in 0..3_000 {
        std::hint::spin_loop();
    }
}

#[vthread]
fn race_for_broadcasts() -> usize {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..N).map(|_| broadcast(1)).unzip();
    for sender in &senders {
        // Of two messages one is missed, which `recv` reports once.
        sender.send(()).unwrap();
        sender.send(()).unwrap();
    }
    let won = race!(for receiver in &receivers => {
        let _ = receiver.recv();
        dawdle();
        Ok::<_, ()>(())
    });
    won.unwrap();
    let lags = |receiver: &vthread::sync::BroadcastReceiver<()>| receiver.try_recv().is_err();
    receivers.iter().filter(|receiver| lags(receiver)).count()
}

#[test]
fn r18_a_race_of_broadcasts_tells_one_what_it_has_missed() {
    for _ in 0..ROUNDS {
        assert_eq!(race_for_broadcasts(), N - 1);
    }
}

#[vthread]
fn race_for_values(is_wanted: fn(&u32) -> bool) -> usize {
    let (senders, mut receivers): (Vec<_>, Vec<_>) = (0..N).map(|_| watch(0)).unzip();
    for sender in &senders {
        sender.send(1).unwrap();
    }
    let won = race!(for receiver in &mut receivers => receiver.wait_for(is_wanted));
    won.unwrap();
    let won = race!(for receiver in &mut receivers => receiver.changed());
    won.unwrap();
    let is_new = |receiver: &vthread::sync::WatchReceiver<u32>| receiver.has_changed() == Ok(true);
    receivers.iter().filter(|receiver| is_new(receiver)).count()
}

#[test]
fn r18_a_race_of_watches_sees_one_value() {
    for _ in 0..ROUNDS {
        assert_eq!(race_for_values(|n| *n == 1), N - 2);
    }
}

#[vthread]
fn race_for_notifications() -> Vec<usize> {
    let places: Vec<_> = (0..N).map(|_| Notify::new()).collect();
    places.iter().for_each(Notify::notify_one);
    let mut winners = Vec::new();
    for _ in 0..N {
        let won = race!(for (i, place) in places.iter().enumerate() => {
            place.notified();
            dawdle();
            Ok::<_, ()>(i)
        });
        winners.push(won.unwrap());
    }
    winners.sort_unstable();
    winners
}

#[test]
fn r18_each_race_of_notifications_takes_one() {
    for _ in 0..ROUNDS {
        // It would hang if one were lost.
        assert_eq!(race_for_notifications(), Vec::from_iter(0..N));
    }
}

/// Each runner, and one that waits beside it, waits for one notification: a loser passes it on.
#[vthread]
fn race_for_conditions() -> usize {
    let places: Vec<_> = (0..N).map(|_| (Mutex::new(0), Condvar::new())).collect();
    let n_told = AtomicUsize::new(0);
    group! {
        spawn! {
            let won = race!(for (n_waiting, changed) in &places => {
                let mut waiting = n_waiting.lock();
                *waiting += 1;
                let _waiting = changed.wait(waiting);
                dawdle();
                Ok::<_, ()>(())
            });
            won.unwrap();
        };
        // A runner is the first to wait at each place.
        for (n_waiting, _) in &places {
            while *n_waiting.lock() == 0 {
                yield_now();
            }
        }
        let beside = group! {
            for (n_waiting, changed) in &places {
                let n_told = &n_told;
                spawn!(service => {
                    let mut waiting = n_waiting.lock();
                    *waiting += 1;
                    let _waiting = changed.wait(waiting);
                    n_told.fetch_add(1, Ordering::Relaxed);
                });
            }
            for (n_waiting, changed) in &places {
                while *n_waiting.lock() < 2 {
                    yield_now();
                }
                changed.notify_one();
            }
            while n_told.load(Ordering::Relaxed) < N - 1 {
                yield_now();
            }
            n_told.load(Ordering::Relaxed)
        };
        beside
    }
}

#[test]
fn r18_a_loser_that_was_notified_passes_it_on() {
    for _ in 0..ROUNDS {
        // It would hang if one were lost.
        assert_eq!(race_for_conditions(), N - 1);
    }
}

/// Each runner reads a file: a loser leaves its bytes with the file.
#[vthread]
fn race_to_read() -> std::io::Result<usize> {
    let directory = tempfile::tempdir()?;
    let mut files = Vec::new();
    for i in 0..N {
        let path = directory.path().join(i.to_string());
        fs::write(&path, b"bytes")?;
        files.push(File::open(path)?);
    }
    let won = race!(for file in &mut files => file.read(&mut [0; 8]));
    assert_eq!(won.unwrap(), 5);
    let mut left = 0;
    for file in &mut files {
        left += usize::from(file.read(&mut [0; 8])? == 5);
    }
    Ok(left)
}

#[test]
fn r18_a_race_of_reads_loses_no_bytes() {
    for _ in 0..ROUNDS {
        assert_eq!(race_to_read().unwrap(), N - 1);
    }
}

/// Each runner reads from memory, as it would from a socket.
#[vthread]
fn race_to_read_from_memory() -> std::io::Result<usize> {
    let mut streams: Vec<_> = (0..N).map(|_| duplex(8)).collect();
    for (_, far) in &mut streams {
        far.write_all(b"bytes")?;
    }
    let won = race!(for (near, _) in &mut streams => {
        let n = near.read(&mut [0; 8])?;
        dawdle();
        Ok::<_, std::io::Error>(n)
    });
    assert_eq!(won.unwrap(), 5);
    let mut left = 0;
    for (mut near, far) in streams {
        drop(far);
        left += usize::from(near.read(&mut [0; 8])? == 5);
    }
    Ok(left)
}

#[test]
fn a_race_of_reads_from_memory_loses_no_bytes() {
    for _ in 0..ROUNDS {
        assert_eq!(race_to_read_from_memory().unwrap(), N - 1);
    }
}

/// Each runner takes a line that its reader has read ahead.
#[vthread]
fn race_for_lines() -> std::io::Result<usize> {
    let mut readers: Vec<_> = (0..N).map(|_| BufReader::new(&b"one\ntwo\n"[..])).collect();
    for reader in &mut readers {
        reader.read_line(&mut String::new())?;
    }
    let won = race!(for reader in &mut readers => {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        dawdle();
        Ok::<_, std::io::Error>(line)
    });
    assert_eq!(won.unwrap(), "two\n");
    Ok(readers
        .iter()
        .filter(|reader| reader.buffer() == b"two\n")
        .count())
}

#[test]
fn a_race_for_lines_loses_none() {
    for _ in 0..ROUNDS {
        assert_eq!(race_for_lines().unwrap(), N - 1);
    }
}

/// The future of a task that lost a race returns its value later.
#[vthread]
fn race_for_tasks() -> usize {
    let mut left = 0;
    group! {
        let mut tasks: Vec<_> = (0..N).map(|_| None).collect();
        for task in &mut tasks {
            *task = Some(spawn! { yield_now(); }.into_future());
        }
        let won = race!(for task in &mut tasks => {
            task.as_mut().unwrap().await.unwrap();
            dawdle();
            task.take();
            Ok::<_, ()>(())
        });
        won.unwrap();
        for task in tasks.into_iter().flatten() {
            left += usize::from(task.await.is_ok());
        }
    }
    left
}

#[test]
fn r18_a_race_of_tasks_takes_one_value() {
    for _ in 0..ROUNDS {
        assert_eq!(race_for_tasks(), N - 1);
    }
}
