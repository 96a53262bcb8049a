//! Temporaries of tails live to the end of the statement around the block, and those of an `if let`
//! through its `else`: the rules of edition 2021.

use library::proof::{begin, n_pauses, pause};
use std::cell::RefCell;
use vt::prelude::*;

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn log(text: &'static str) {
    LOG.with(|log| log.borrow_mut().push(text));
}

fn logged() -> Vec<&'static str> {
    LOG.with(|log| log.take())
}

struct Noted(&'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        log(self.0);
    }
}

#[vthread]
impl Noted {
    fn worth(&self) -> u32 {
        pause();
        log("worth");
        1
    }
}

#[vthread]
fn noted(name: &'static str) -> Noted {
    pause();
    Noted(name)
}

#[vthread]
fn tails() -> u32 {
    begin().await;
    let n = {
        let _local = noted("local");
        noted("temporary").worth()
    };
    if let 2 = noted("scrutinee").worth() {
        log("then");
    } else {
        log("else");
    }
    let _last = noted("last");
    noted("tail").worth() + n
}

#[test]
fn of_tails_and_scrutinees() {
    assert_eq!(tails(), 2);
    assert_eq!(n_pauses(), 8);
    let block = ["worth", "local", "temporary"];
    let branch = ["worth", "else", "scrutinee"];
    let end = ["worth", "last", "tail"];
    assert_eq!(logged(), [block, branch, end].concat());
}

fn plain_tails() -> u32 {
    let plain = |name| Noted(name);
    let value = |_: &Noted| 1;
    let n = {
        let _local = plain("local");
        value(&plain("temporary"))
    };
    if let 2 = value(&plain("scrutinee")) {
        log("then");
    } else {
        log("else");
    }
    let _last = plain("last");
    value(&plain("tail")) + n
}

#[test]
fn as_in_plain_code() {
    assert_eq!(plain_tails(), 2);
    assert_eq!(
        logged(),
        ["local", "temporary", "else", "scrutinee", "last", "tail"]
    );
}

/// Arguments outlive the temporaries of the tail, even those that this edition keeps longest.
#[vthread]
fn argument(_argument: Noted) -> u32 {
    let _local = noted("local");
    noted("tail").worth()
}

#[vthread]
fn guarded(sum: vt::sync::Mutex<u32>) -> u32 {
    *sum.lock()
}

struct Account(RefCell<u32>);

#[vthread]
impl Account {
    fn close(self) -> u32 {
        *self.0.borrow()
    }

    fn closes(&self, other: Account) -> u32 {
        *other.0.borrow() + *self.0.borrow()
    }
}

#[test]
fn of_tails_and_arguments() {
    assert_eq!(argument(Noted("argument")), 1);
    assert_eq!(logged(), ["worth", "local", "tail", "argument"]);
    assert_eq!(guarded(vt::sync::Mutex::new(3)), 3);
    let (a, b) = (Account(RefCell::new(1)), Account(RefCell::new(2)));
    assert_eq!(a.closes(b).block() + a.close().block(), 4);
}

/// What formats drops its temporaries by itself, so that a tail may borrow from a local.
#[vthread]
fn formatted() -> String {
    let sum = vt::sync::Mutex::new(3);
    let _local = noted("local");
    format!("{} {}", sum.lock(), noted("formatted").worth())
}

#[vthread]
fn tested() {
    let sum = vt::sync::Mutex::new(3);
    assert!(*sum.lock() == 3)
}

#[test]
fn of_macros() {
    assert_eq!(formatted(), "3 1");
    assert_eq!(logged(), ["worth", "formatted", "local"]);
    tested();
}
