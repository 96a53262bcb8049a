//! Temporaries of tails live to the end of the statement around the block, and those of an `if let`
//! through its `else`: the rules of edition 2021.

use library::proof::{begin, n_pauses, pause};
use std::cell::RefCell;
use vthread::prelude::*;

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
