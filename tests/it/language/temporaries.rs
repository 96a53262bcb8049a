//! Temporaries live as long as they do in plain Rust of the same edition.

use super::proof::{begin, give, num, pause, suspends};
use std::cell::RefCell;
use vthread::prelude::*;
use vthread::sync::Mutex;

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn log(text: &'static str) {
    LOG.with_borrow_mut(|log| log.push(text));
}

fn logged() -> Vec<&'static str> {
    LOG.take()
}

struct Noted(&'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        log(self.0);
    }
}

#[vthread]
impl Noted {
    fn get(&self) -> u32 {
        pause();
        log("get");
        1
    }
    fn inner(&self) -> &Noted {
        pause();
        self
    }
    #[plain]
    fn plain(&self) -> u32 {
        1
    }
}

#[vthread]
fn noted(name: &'static str) -> Noted {
    pause();
    Noted(name)
}

#[vthread]
#[allow(unused_must_use)]
fn statement() {
    begin().await;
    noted("a").inner().inner().get() + num(1);
    log("end of statement");
    let _n = noted("b").get();
    log("end of let");
    let _ = noted("c");
    log("end of wild let");
    let _kept = noted("d");
    let _borrowed = &noted("e");
    log("end of body");
}

#[test]
fn to_the_end_of_the_statement() {
    suspends(5 + 2 + 3, statement);
    let expected = [
        "get",
        "a",
        "end of statement",
        "get",
        "b",
        "end of let",
        "c",
        "end of wild let",
        "end of body",
        "e",
        "d",
    ];
    assert_eq!(logged(), expected);
}

#[vthread]
fn scrutinee() {
    begin().await;
    match noted("match").get() {
        _ => log("arm"),
    }
    if noted("if").get() == 1 {
        log("then");
    }
    if let 1 = noted("if let").get() {
        log("then");
    } else {
        log("else");
    }
    if let 2 = noted("if let else").get() {
        log("then");
    } else {
        log("else");
    }
    while noted("while").get() == 1 {
        log("body");
        break;
    }
    for _ in 0..noted("for").get() {
        log("body");
    }
}

#[test]
#[allow(clippy::match_single_binding)]
fn of_scrutinees() {
    suspends(12, scrutinee);
    let expected = [
        "get",
        "arm",
        "match", // the whole match
        "get",
        "if",
        "then", // the condition only
        "get",
        "then",
        "if let", //
        "get",
        "if let else",
        "else", // since edition 2024 before `else`
        "get",
        "while",
        "body", //
        "get",
        "body",
        "for",
    ];
    assert_eq!(logged(), expected);
}

#[vthread]
fn tail_of_plain_method() -> u32 {
    begin().await;
    let _local = noted("local");
    Noted("temporary").plain() + noted("other").get()
}

#[vthread]
fn tail_of_block() -> u32 {
    begin().await;
    let n = {
        let _local = noted("local");
        noted("temporary").inner().get()
    };
    log("after");
    n
}

#[test]
fn of_tails() {
    assert_eq!(suspends(3, tail_of_plain_method), 2);
    assert_eq!(logged(), ["get", "other", "temporary", "local"]);
    assert_eq!(suspends(4, tail_of_block), 1);
    assert_eq!(logged(), ["get", "temporary", "local", "after"]);
}

#[vthread]
fn guard_as_tail() -> u32 {
    begin().await;
    let sum = Mutex::new(num(4));
    *sum.lock()
}

#[vthread]
fn guard_in_tail_of_a_branch(wide: bool) -> usize {
    begin().await;
    let words = Mutex::new(vec![give("a"), "b"]);
    if wide {
        words.lock().len()
    } else {
        let inner = Mutex::new(String::from("abc"));
        inner.lock().len()
    }
}

#[vthread]
fn guard_in_tail_of_a_match(n: u32) -> u32 {
    begin().await;
    let cell = RefCell::new(num(n));
    let lock = Mutex::new(n);
    match *lock.lock() {
        0 => *cell.borrow(),
        _ => cell.borrow().wrapping_add(num(*lock.lock()).min(9)),
    }
}

struct Counter(Mutex<u32>);

#[vthread]
impl Counter {
    fn now(&self) -> u32 {
        let extra = Mutex::new(num(1));
        *self.0.lock() + *extra.lock()
    }
}

#[vthread]
fn guard_as_tail_of_a_child() -> u32 {
    group! {
        let task = spawn! {
            let sum = Mutex::new(num(5));
            *sum.lock()
        };
        let own = Mutex::new(task.join());
        *own.lock()
    }
}

#[test]
fn guards_as_tails() {
    assert_eq!(suspends(1, guard_as_tail), 4);
    assert_eq!(suspends(1, || guard_in_tail_of_a_branch(true)), 2);
    assert_eq!(suspends(1, || guard_in_tail_of_a_branch(false)), 3);
    assert_eq!(suspends(1, || guard_in_tail_of_a_match(0)), 0);
    assert_eq!(Counter(Mutex::new(2)).now().block(), 3);
    assert_eq!(guard_as_tail_of_a_child(), 5);
}

#[vthread]
fn references() -> usize {
    begin().await;
    let text: &str = &give(String::from("kept"));
    let numbers: &[u32] = &[num(1), num(2)];
    let slice: &mut [u32] = &mut [num(3)];
    slice[0] += num(1);
    let nested = &(give(1), &give(2));
    let pair = Some(&give(String::from("in a call")));
    text.len() + numbers.len() + slice.len() + nested.0 + nested.1 + pair.map_or(0, |p| p.len())
}

#[test]
fn are_extended_where_rust_extends_them() {
    assert_eq!(suspends(8, references), 4 + 2 + 1 + 1 + 2 + 9);
}

#[vthread]
fn length(text: &str, more: &[u32], last: &mut Vec<u8>) -> usize {
    pause();
    last.push(1);
    text.len() + more.len() + last.len()
}

#[vthread]
fn arguments() -> usize {
    begin().await;
    length(&String::from("abc"), &[num(1), 2], &mut vec![0])
        + length(&format!("{}", num(10)), &vec![num(1); 3], &mut Vec::new())
        + length(give(&String::from("z")), &[], give(&mut vec![]))
}

#[test]
fn as_arguments() {
    assert_eq!(suspends(8, arguments), 7 + 6 + 2);
}
