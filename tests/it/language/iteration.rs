//! `for` over types with a suspending `next`.

use super::proof::{begin, num, pause, suspends, suspends_and_blocks};
use std::cell::RefCell;
use std::rc::Rc;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::{Receiver, channel, unbounded};
use vthread::yield_now;

/// Counts down, suspending at each step.
struct Countdown(u32);

#[vthread]
impl Countdown {
    fn next(&mut self) -> Option<u32> {
        pause();
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

/// A stream whose items borrow from it.
struct Prefixes {
    text: String,
    n: usize,
}

#[vthread]
impl Prefixes {
    fn next(&mut self) -> Option<&str> {
        pause();
        self.n += 1;
        self.text.get(..self.n)
    }
}

/// A stream that its users share.
struct Tickets(RefCell<u32>);

#[vthread]
impl Tickets {
    fn next(&self) -> Option<u32> {
        pause();
        let mut left = self.0.borrow_mut();
        *left = left.checked_sub(1)?;
        Some(*left)
    }
}

#[vthread]
fn own_streams() -> Vec<u32> {
    begin().await;
    let mut seen = vec![];
    for n in Countdown(2) {
        seen.push(n);
    }
    let mut countdown = Countdown(4);
    for n in &mut countdown {
        seen.push(n * 10);
        if n == 2 {
            break;
        }
    }
    for n in Box::new(countdown) {
        seen.push(n * 100);
    }
    let tickets = Rc::new(Tickets(RefCell::new(2)));
    for n in &*tickets {
        seen.push(n + 7);
    }
    for _ in tickets {}
    let mut streams = (Countdown(1), [Countdown(1)]);
    for n in &mut streams.0 {
        seen.push(n);
    }
    for n in &mut streams.1[0] {
        seen.push(n);
    }
    seen
}

#[test]
fn for_suspends_where_next_does() {
    let seen = suspends(3 + 2 + 3 + 3 + 1 + 2 + 2, own_streams);
    assert_eq!(seen, [1, 0, 30, 20, 100, 0, 8, 7, 0, 0]);
}

#[vthread]
fn lending() -> usize {
    begin().await;
    let mut n = 0;
    let text = String::from("abc");
    for prefix in (Prefixes { text, n: 0 }) {
        n += prefix.len() * num(1) as usize;
    }
    n
}

#[test]
fn items_may_borrow_from_the_stream() {
    assert_eq!(suspends(4 + 3, lending), 6);
}

/// A vthread trait of streams.
#[vthread]
trait Stream {
    fn next(&mut self) -> Option<u32>;
}

struct Evens(u32);

#[vthread]
impl Stream for Evens {
    fn next(&mut self) -> Option<u32> {
        pause();
        self.0 += 2;
        (self.0 < 7).then_some(self.0)
    }
}

#[vthread]
fn sum<S: Stream>(stream: S) -> u32 {
    let mut sum = 0;
    for n in stream {
        sum += n;
    }
    sum
}

#[vthread]
fn generic() -> u32 {
    begin().await;
    let mut last = 0;
    for n in &mut Evens(2) {
        last = n;
    }
    sum(Evens(0)) + last
}

#[test]
fn for_over_a_trait_of_streams() {
    assert_eq!(suspends(3 + 4, generic), 12 + 6);
}

#[vthread]
fn labels() -> Vec<u32> {
    begin().await;
    let mut seen = vec![];
    'outer: for a in Countdown(5) {
        for b in Countdown(3) {
            match (a, b) {
                (3, _) => continue 'outer,
                (1, 1) => break 'outer,
                (_, 0) => continue,
                _ => seen.push(a * 10 + num(b)),
            }
        }
        let Some(last) = seen.last() else { break };
        seen.push(*last);
    }
    seen
}

#[test]
fn labels_and_patterns() {
    let steps = 4 + (4 + 1 + 4 + 2);
    let pushed = 2 + 2 + 1;
    assert_eq!(
        suspends(steps + pushed, labels),
        [42, 41, 41, 22, 21, 21, 12]
    );
}

#[vthread]
fn finds(wanted: u32) -> Option<u32> {
    begin().await;
    for n in Countdown(5) {
        if n == wanted {
            return Some(n);
        }
        let _half: u32 = (n % 2 == 0).then_some(n / 2)?;
    }
    None
}

#[test]
fn return_and_try_leave_the_loop_and_the_function() {
    assert_eq!(suspends(1, || finds(4)), Some(4));
    assert_eq!(suspends(2, || finds(0)), None);
}

#[vthread]
fn in_closures() -> u32 {
    begin().await;
    let all = |n| {
        let mut sum = 0;
        for n in Countdown(n) {
            sum += n;
        }
        sum
    };
    let untyped = |items| {
        let mut n = 0;
        for _ in items {
            n += 1;
        }
        n
    };
    all(3) + untyped(vec!["a", "b"])
}

#[test]
fn for_blocks_in_closures() {
    assert_eq!(suspends_and_blocks(0, 4, in_closures), 3 + 2);
}

#[vthread]
fn in_groups() -> u32 {
    begin().await;
    let (tx, rx) = unbounded();
    group! {
        for n in Countdown(3) {
            let tx = tx.clone();
            spawn! {
                for m in Countdown(n) {
                    tx.send(m + 1).unwrap();
                }
            }
        }
        drop(tx);
        let mut sum = 0;
        for n in &rx {
            sum += n;
        }
        sum
    }
}

#[test]
fn for_in_groups_and_children() {
    assert_eq!(suspends(4, in_groups), 1 + 2 + 1);
}

#[vthread]
fn adds(rx: Receiver<(u32, u32)>) -> u32 {
    let mut sum = 0;
    for (a, b) in rx {
        sum += a * b;
    }
    sum
}

#[vthread]
fn over_receivers() -> u32 {
    let (tx, rx) = channel(1);
    group! {
        let by_value = { let rx = rx.clone(); spawn! { adds(rx) } };
        let by_reference = spawn! {
            let mut sum = 0;
            for (a, b) in &rx {
                sum += a * b;
            }
            for (a, b) in rx.iter() {
                sum += a * b;
            }
            sum
        };
        for n in 0..100 {
            tx.send((n, 2)).unwrap();
            yield_now();
        }
        drop(tx);
        by_value.join() + by_reference.join()
    }
}

#[test]
fn messages_one_by_one() {
    assert_eq!(over_receivers(), 99 * 100);
}

#[vthread]
fn cancelled_while_it_waits() -> bool {
    let (tx, rx) = channel::<u32>(1);
    let (reached, is_reached) = channel(1);
    let task_has_ended = group! {
        let task = spawn! {
            reached.send(()).unwrap();
            for n in &rx {
                unreachable!("received {n}");
            }
        };
        is_reached.recv().unwrap();
        task.cancel();
        while !task.is_finished() {
            yield_now();
        }
        true
    };
    drop(tx);
    task_has_ended
}

#[test]
fn a_loop_over_a_receiver_is_cancelled() {
    assert!(cancelled_while_it_waits());
}

#[vthread]
fn accepts() -> std::io::Result<Vec<u8>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let seen = group! {
        spawn! {
            for n in 0..3u8 {
                TcpStream::connect(address)?.write_all(&[n])?;
            }
        }
        let mut seen = vec![];
        for stream in listener.incoming() {
            let mut byte = [0];
            stream?.read_exact(&mut byte)?;
            seen.push(byte[0]);
            if seen.len() == 3 {
                break;
            }
        }
        seen
    }?;
    // A server that accepts forever ends with its group.
    group! {
        spawn!(service => {
            for stream in listener.incoming() {
                drop(stream);
            }
        });
        drop(TcpStream::connect(address)?);
    }?;
    Ok(seen)
}

#[test]
fn connections_one_by_one() {
    assert_eq!(accepts().unwrap(), [0, 1, 2]);
}
