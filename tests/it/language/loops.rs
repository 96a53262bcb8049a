//! Loops over, with and through suspending calls.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;
use vthread::sync::channel;

struct Countdown(u32);

#[vthread]
impl Countdown {
    fn advance(&mut self) -> Option<u32> {
        pause();
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
    fn peek(&self) -> Option<&u32> {
        pause();
        (self.0 > 0).then_some(&self.0)
    }
}

#[vthread]
fn while_let() -> Vec<u32> {
    begin().await;
    let mut seen = vec![];
    let mut countdown = Countdown(4);
    while let Some(n) = countdown.advance() {
        if n == 2 {
            continue;
        }
        seen.push(n);
    }
    let mut countdown = Countdown(4);
    while let Some(n @ 2..) = countdown.advance() {
        seen.push(n * 10);
    }
    while let Some(&n) = countdown.peek() {
        seen.push(n);
        countdown.advance();
    }
    let mut stack = vec![1];
    while let Some(top) = stack.pop() {
        if top < 3 {
            stack.push(num(top + 1));
        }
    }
    seen
}

#[test]
fn while_let_over_suspending_methods() {
    assert_eq!(suspends(5 + 3 + 3 + 2, while_let), [3, 1, 0, 30, 20, 1]);
}

#[vthread]
fn for_loops() -> u32 {
    begin().await;
    let mut sum = 0;
    for n in give(vec![1, 2, 3]) {
        sum += num(n);
    }
    for (i, n) in give([4, 5]).into_iter().enumerate() {
        sum += num(n) * i as u32;
    }
    for n in num(0)..num(3) {
        sum += n;
    }
    for n in (0..num(10)).step_by(give(4)).rev() {
        sum += num(n);
    }
    for Countdown(n) in [Countdown(num(1)), Countdown(2)] {
        sum += n;
    }
    for c in give("ab").chars().chain(give("c").chars()) {
        sum += c as u32 - 96;
    }
    sum
}

#[test]
fn for_over_results_of_calls() {
    let expected = 6 + 5 + 3 + 12 + 3 + 6;
    assert_eq!(suspends(4 + 3 + 2 + 5 + 1 + 2, for_loops), expected);
}

#[vthread]
fn labels() -> Vec<(u32, u32)> {
    begin().await;
    let mut seen = vec![];
    'rows: for row in 0..5 {
        'columns: for column in 0..num(5) {
            match (num(row), column) {
                (1, _) => continue 'rows,
                (_, 2) => break 'columns,
                (3, 1) => break 'rows,
                pair => seen.push(pair),
            }
        }
    }
    'again: while num(1) == 1 {
        loop {
            if seen.len() > 5 {
                break 'again;
            }
            seen.push((9, 9));
            continue 'again;
        }
    }
    seen
}

#[test]
#[allow(clippy::never_loop)]
fn labelled_loops() {
    let expected = [(0, 0), (0, 1), (2, 0), (2, 1), (3, 0), (9, 9)];
    assert_eq!(suspends(4 + 3 + 1 + 3 + 2 + 2, labels), expected);
}

#[vthread]
fn conditions() -> u32 {
    begin().await;
    let mut n = 0;
    while num(n) < 3 && !give(false) || n == 3 {
        n += 1;
    }
    while {
        n += num(1);
        n < 6
    } {}
    loop {
        n += 1;
        if give(n) == 9 {
            break n + num(1);
        }
    }
}

#[test]
fn conditions_of_loops() {
    assert_eq!(suspends(3 * 2 + 1 + 1 + 2 + 3 + 1, conditions), 10);
}

#[vthread]
fn receivers() -> u32 {
    begin().await;
    let (tx, rx) = channel(1);
    let mut sum = 0;
    group! {
        spawn! {
            for n in 1..5 {
                pause();
                let _ = tx.send(n);
            }
        }
        while let Ok(n) = rx.recv() {
            sum += num(n);
            if n == 4 {
                break;
            }
        }
    }
    sum
}

#[test]
fn while_let_over_a_channel() {
    assert_eq!(suspends(4, receivers), 10);
}

#[vthread]
fn state_across_iterations() -> String {
    begin().await;
    let mut text = String::new();
    let mut last: Option<&str> = None;
    let words = [String::from("a"), String::from("b"), String::from("c")];
    for word in &words {
        if let Some(last) = last.replace(give(word)) {
            text += last;
        }
        text.push_str(word);
    }
    text
}

#[test]
fn borrows_live_across_iterations() {
    assert_eq!(suspends(3, state_across_iterations), "aabbc");
}
