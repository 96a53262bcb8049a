//! Control flow around and out of suspending calls: blocks, labels, `if`, early returns.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

#[vthread]
fn breaks_with_values() -> Vec<u32> {
    begin().await;
    let a = loop {
        break num(1);
    };
    let b = 'b: {
        if num(1) == 1 {
            break 'b num(2);
        }
        num(9)
    };
    let c = 'outer: loop {
        loop {
            if num(3) == 3 {
                break 'outer num(3) + 0;
            }
        }
    };
    let d = 'd: {
        match num(4) {
            n if n > 10 => break 'd 0,
            4 => break 'd num(4),
            _ => {}
        }
        5
    };
    let e = 'e: {
        let _ = [1, 2].map(|n| n + 1);
        while num(1) == 1 {
            for _ in 0..num(3) {
                if num(1) == 1 {
                    break 'e num(5);
                }
            }
        }
        6
    };
    let f = 'f: { num(1) + num(1) + if num(1) == 1 { break 'f num(6) } else { 0 } };
    vec![a, b, c, d, e, f]
}

#[test]
fn labelled_breaks_with_values() {
    assert_eq!(suspends(15, breaks_with_values), [1, 2, 3, 4, 5, 6]);
}

#[vthread]
fn blocks() -> u32 {
    begin().await;
    let a = { num(1) };
    let b = {
        let n = { num(2) };
        { { n } }
    };
    #[allow(unused_unsafe)]
    let c = unsafe_free();
    let d = (num(4), { num(5) }).1;
    {
        num(6);
    }
    {
        num(7)
    };
    ({ a + b }) + ({ c + d })
}

fn unsafe_free() -> u32 {
    3
}

#[test]
fn nested_blocks() {
    assert_eq!(suspends(6, blocks), 1 + 2 + 3 + 5);
}

#[vthread]
fn ifs(n: u32) -> &'static str {
    begin().await;
    let text = if num(n) == 0 {
        give("zero")
    } else if num(n) == 1 {
        "one"
    } else if let Some(2) = give(Some(n)) {
        give("two")
    } else {
        give("many")
    };
    if give(text) == "one" {
        return give("uno");
    }
    if num(n) > 5 { give("big") } else { text }
}

#[test]
fn if_chains_as_values() {
    assert_eq!(suspends(4, || ifs(0)), "zero");
    assert_eq!(suspends(4, || ifs(1)), "uno");
    assert_eq!(suspends(6, || ifs(2)), "two");
    assert_eq!(suspends(7, || ifs(9)), "big");
}

#[vthread]
fn let_chains(a: Option<u32>, b: Result<u32, ()>) -> u32 {
    begin().await;
    if let Some(x) = give(a)
        && let Ok(y) = give(b)
        && num(x) < num(y)
        && let z = x + num(y)
        && z > 3
    {
        return num(z);
    }
    let mut n = give(a);
    let mut rounds = 0;
    while let Some(k) = n
        && give(k) > 0
        && let next = num(k - 1)
    {
        n = Some(next);
        rounds += 1;
    }
    rounds
}

#[test]
fn let_chains_of_suspending_calls() {
    assert_eq!(suspends(6, || let_chains(Some(1), Ok(5))), 6);
    assert_eq!(suspends(2 + 1 + 5, || let_chains(Some(2), Err(()))), 2);
    assert_eq!(suspends(1 + 1, || let_chains(None, Ok(1))), 0);
}

#[vthread]
fn let_else(text: &str) -> Option<u32> {
    begin().await;
    let Some((head, tail)) = give(text.split_once('=')) else {
        return give(None);
    };
    let (Ok(n), "n") = (tail.parse::<u32>(), give(head)) else {
        pause();
        return Some(num(0));
    };
    let [a, b, ..] = give([n, 2, 3]);
    let 'x'..='z' = give('y') else { unreachable!() };
    Some(a + b)
}

#[test]
fn let_else_with_suspending_ways_out() {
    assert_eq!(suspends(4, || let_else("n=5")), Some(7));
    assert_eq!(suspends(2, || let_else("n")), None);
    assert_eq!(suspends(4, || let_else("k=5")), Some(0));
}

#[vthread]
fn early_returns(n: u32) -> Result<u32, String> {
    begin().await;
    for i in 0..num(10) {
        if num(i) == n {
            return Ok(give(i));
        }
        while i == 2 {
            loop {
                return Err(give("loop".to_owned()));
            }
        }
    }
    return Ok(num(99));
}

#[test]
#[allow(clippy::never_loop)]
fn early_returns_out_of_loops() {
    assert_eq!(suspends(3, || early_returns(0)), Ok(0));
    assert_eq!(suspends(5, || early_returns(7)), Err("loop".into()));
}

#[vthread]
fn nothing(n: u32) {
    begin().await;
    if num(n) == 0 {
        return;
    }
    if num(n) == 1 {
        return pause();
    }
    match num(n) {
        2 => return,
        _ => (),
    }
    pause()
}

#[test]
fn functions_without_a_value() {
    suspends(1, || nothing(0));
    suspends(3, || nothing(1));
    suspends(3, || nothing(2));
    suspends(4, || nothing(3));
}

#[vthread]
fn unit_values() -> [(); 4] {
    begin().await;
    let a = pause();
    let b = {
        num(1);
    };
    let c = if num(1) == 1 {};
    #[allow(clippy::let_unit_value)]
    let d = for _ in 0..num(0) {};
    [a, b, c, d]
}

#[test]
#[allow(clippy::let_unit_value)]
fn units_are_values() {
    assert_eq!(suspends(4, unit_values), [(); 4]);
}

#[vthread]
fn empty() {}

#[vthread]
fn only_a_tail() -> u32 {
    empty();
    super::proof::num(4)
}

#[test]
fn empty_bodies() {
    empty();
    assert_eq!(only_a_tail(), 4);
}
