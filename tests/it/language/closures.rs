//! Closures beside and inside suspending code: plain code, where calls block.

use super::proof::{begin, give, num, pause, suspends, suspends_and_blocks};
use vthread::prelude::*;
use vthread::sync::Barrier;

fn apply<R>(f: impl FnOnce(u32) -> R) -> R {
    f(1)
}

fn higher_ranked<F>(f: F) -> usize
where
    F: for<'a> Fn(&'a str, &'a [u8]) -> &'a str,
{
    f("abc", b"x").len()
}

#[vthread]
fn takes_closure<F>(f: F, n: u32) -> u32
where
    F: for<'a> Fn(&'a u32) -> &'a u32,
{
    pause();
    *f(&n)
}

#[vthread]
fn takes_dyn(
    f: &dyn Fn(&str) -> usize,
    g: &mut dyn FnMut(u32),
    h: Box<dyn FnOnce() -> u32 + '_>,
) -> u32 {
    pause();
    g(1);
    pause();
    g(2);
    f("abcd") as u32 + h()
}

#[vthread]
fn takes_pointer(f: fn(&u32) -> u32, g: for<'a> fn(&'a str) -> &'a str) -> u32 {
    pause();
    f(&3) + g("ab").len() as u32
}

#[vthread]
fn expected_types() -> u32 {
    begin().await;
    let mut seen = vec![];
    let owned = 7;
    takes_closure(|n| n, num(1))
        + higher_ranked(|text, _| &text[1..]) as u32
        + takes_dyn(&|s| s.len(), &mut |n| seen.push(n), Box::new(move || owned))
        + takes_pointer(|n| n + 1, |text| text.trim())
        + apply(|n| n + 1)
        + apply(|n| move |m: u32| n + m)(5)
        + seen.len() as u32
}

#[test]
fn closures_get_their_expected_types() {
    assert_eq!(
        suspends(1 + 1 + 2 + 1, expected_types),
        1 + 2 + 11 + 6 + 2 + 6 + 2
    );
}

#[vthread]
fn blocking_inside() -> Vec<u32> {
    begin().await;
    let mut out: Vec<u32> = (0..3).map(num).collect();
    out.extend([4, 5].iter().map(|n| num(*n)));
    out.push(apply(|n| num(n) + apply(|m| num(m))));
    out.push(Some(7).map_or_else(|| num(0), num));
    let add = |n| num(n) + num(1);
    out.push(add(num(1)));
    out.sort_by_key(|n| std::cmp::Reverse(num(*n)));
    out
}

#[test]
fn calls_in_closures_block() {
    let n_sorting = {
        let mut n = 0;
        let mut v = vec![0, 1, 2, 4, 5, 2, 7, 2];
        v.sort_by_key(|n_| {
            n += 1;
            std::cmp::Reverse(*n_)
        });
        n
    };
    let out = suspends_and_blocks(1, 3 + 2 + 2 + 1 + 2 + n_sorting, blocking_inside);
    assert_eq!(out, [7, 5, 4, 2, 2, 2, 1, 0]);
}

struct Thing(u32);

#[vthread]
impl Thing {
    fn worth(&self, n: u32) -> u32 {
        pause();
        self.0 + n
    }
}

#[vthread]
fn methods_inside() -> u32 {
    begin().await;
    let thing = Thing(1);
    let by_reference = |n| thing.worth(n);
    let explicit = |n| thing.worth(n).block();
    let nested = || (0..2).map(|n| thing.worth(n)).sum::<u32>();
    let relative = |n| Thing::worth(&thing, n);
    let typed = |n: u32| -> u32 { thing.worth(n) };
    let returning = |n: u32| {
        if n > 0 {
            return thing.worth(n);
        }
        0
    };
    let moved = {
        let thing = Thing(10);
        move || thing.worth(0)
    };
    by_reference(1)
        + explicit(1)
        + nested()
        + relative(1)
        + typed(1)
        + returning(1)
        + moved()
        + thing.worth(num(1))
}

#[test]
fn methods_in_closures_block_with_and_without_block() {
    assert_eq!(
        suspends_and_blocks(2, 8, methods_inside),
        2 + 2 + 3 + 2 + 2 + 2 + 10 + 2
    );
}

#[vthread]
fn captures() -> (u32, String, Vec<u32>) {
    begin().await;
    let mut count = 0;
    let mut increment = || {
        count += 1;
        count
    };
    increment();
    increment();
    let text = give(String::from("a"));
    let consume = move |more: &str| text + more;
    let text = consume(give("b"));
    let mut v = vec![num(1)];
    let mut push = |n| v.push(n);
    push(num(2));
    push(num(3));
    (count + num(1), text, v)
}

#[test]
fn captures_of_closures() {
    assert_eq!(suspends(6, captures), (3, "ab".into(), vec![1, 2, 3]));
}

#[vthread]
fn recursion_through_a_pointer(depth: u32) -> u32 {
    fn walk(depth: u32, f: &dyn Fn(u32) -> u32) -> u32 {
        if depth == 0 {
            0
        } else {
            f(depth) + walk(depth - 1, f)
        }
    }
    begin().await;
    walk(num(depth), &|n| n * 2)
}

#[test]
fn nested_plain_functions() {
    assert_eq!(suspends(1, || recursion_through_a_pointer(3)), 12);
}

#[vthread]
#[allow(deprecated)] // Calls in async blocks are warned about.
fn async_beside() -> u32 {
    async fn foreign(n: u32) -> u32 {
        n + 1
    }
    begin().await;
    let block = async { foreign(1).await + 1 };
    let moving = async move { num(3) };
    let closure = async |n: u32| foreign(n).await;
    let a = block.await + closure(num(4)).await;
    let futures = [foreign(1), foreign(2)];
    let mut sum = 0;
    for future in futures {
        sum += future.await;
    }
    let nested = async { async { 5 }.await + 1 };
    a + sum + nested.await + give(foreign(7)).await + moving.await
}

#[test]
fn async_blocks_are_plain_code() {
    assert_eq!(
        suspends_and_blocks(2, 1, async_beside),
        (3 + 5) + 5 + 6 + 8 + 3
    );
}

#[vthread]
fn tries(input: &[&str]) -> Result<Vec<u32>, std::num::ParseIntError> {
    begin().await;
    let parse =
        |text: &str| -> Result<u32, std::num::ParseIntError> { Ok(text.parse::<u32>()? + 1) };
    let first = parse(give(input[0]))?;
    let mut all = input
        .iter()
        .map(|text| Ok(num(text.parse()?)))
        .collect::<Result<Vec<u32>, _>>()?;
    all.push(first);
    Ok(all)
}

#[test]
fn question_marks_in_closures() {
    assert_eq!(
        suspends_and_blocks(1, 2, || tries(&["1", "2"])),
        Ok(vec![1, 2, 2])
    );
    assert!(suspends_and_blocks(1, 1, || tries(&["1", "x"])).is_err());
}

/// Has a `wait` of its own.
struct Ticket(u32);

#[vthread]
impl Ticket {
    fn wait(&self) -> u32 {
        pause();
        self.0
    }
    fn again(&self) -> Ticket {
        pause();
        Ticket(self.0 + 1)
    }
}

#[vthread]
fn waits() -> u32 {
    begin().await;
    let (barrier, ticket) = (Barrier::new(1), Ticket(1));
    let leads = || u32::from(barrier.wait().is_leader());
    let explicitly = || u32::from(barrier.wait().block().is_leader());
    let own = || ticket.wait() + (&ticket).wait().block();
    // As in plain code: `block` makes the call before it, and the earlier calls are made anyway.
    let chained = || ticket.again().wait().block();
    let bound = || {
        let ticket = ticket.again();
        ticket.wait()
    };
    let nested = || {
        let ticket = &ticket;
        move || ticket.wait()
    };
    leads() + explicitly() + own() + chained() + bound() + nested()()
}

#[test]
fn methods_named_wait_in_closures() {
    assert_eq!(
        suspends_and_blocks(0, 2 + 2 + 2 + 1, waits),
        1 + 1 + 2 + 2 + 2 + 1
    );
}

#[vthread]
fn adapters() -> Vec<u32> {
    begin().await;
    let thing = Thing(1);
    let mut numbers = vec![3, 1, 2];
    numbers.sort_by_key(|n| thing.worth(*n));
    numbers.retain(|n| thing.worth(*n) > 2);
    let more = None.map_or_else(|| thing.worth(1), |n: u32| thing.worth(n));
    let adder = |n| {
        let base = thing.worth(n);
        move |m: u32| base + num(m)
    };
    numbers.push(more);
    numbers.push(adder(1)(2));
    numbers.extend(std::iter::successors(Some(8), |n| {
        (thing.worth(*n) < 11).then_some(n + 1)
    }));
    numbers
}

#[test]
fn closures_given_to_adapters() {
    let n_sorting = {
        let mut n = 0;
        [3, 1, 2].sort_by_key(|k| {
            n += 1;
            *k
        });
        n
    };
    let seen = suspends_and_blocks(0, n_sorting + 3 + 1 + 2 + 3, adapters);
    assert_eq!(seen, [2, 3, 2, 4, 8, 9, 10]);
}

#[vthread]
#[allow(deprecated)] // Calls in async blocks are warned about.
fn in_async_blocks() -> u32 {
    begin().await;
    let thing = Thing(1);
    // A future that the user holds is plain code: functions block, and `block` makes a method's
    // call.
    let future = async { num(1) + thing.worth(1).block() };
    let n = future.await;
    let later = async || thing.worth(num(2)).block();
    n + later().await
}

#[test]
fn calls_in_async_blocks_block() {
    assert_eq!(suspends_and_blocks(0, 4, in_async_blocks), 3 + 3);
}
