//! A stackful coroutine, safe to use, suspends inside a vthread call. The argument selects the
//! case.
#![forbid(unsafe_code)]

use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::RefCell;
use vthread::prelude::*;
use vthread::yield_now;

type Suspended = Coroutine<(), (), ()>;

/// Leaves its poll in the middle, by plain code.
#[vthread]
fn suspends(yielder: &Yielder<(), ()>) {
    let leave = |yielder: &Yielder<(), ()>| yielder.suspend(());
    leave(yielder);
    yield_now();
}

fn suspended() -> Suspended {
    let mut coroutine = Coroutine::new(|yielder, ()| suspends(yielder));
    assert!(matches!(coroutine.resume(()), CoroutineResult::Yield(())));
    coroutine
}

/// Made while the other call is suspended, so that it is below that one.
#[vthread]
fn drops_in_a_call(coroutine: &RefCell<Option<Suspended>>) {
    yield_now();
    drop(coroutine.borrow_mut().take());
    yield_now();
}

#[vthread]
fn goes_on_in_a_call(coroutine: &RefCell<Option<Suspended>>) {
    yield_now();
    let resume = |coroutine: &RefCell<Option<Suspended>>| {
        coroutine
            .borrow_mut()
            .as_mut()
            .map(|coroutine| coroutine.resume(()));
    };
    resume(coroutine);
    yield_now();
}

/// The call suspends, and its own frame ends around it.
#[vthread]
fn ends_around(kept: &RefCell<Option<Suspended>>) {
    yield_now();
    let keep = |kept: &RefCell<Option<Suspended>>| *kept.borrow_mut() = Some(suspended());
    keep(kept);
}

#[vthread]
fn counts() -> u32 {
    yield_now();
    7
}

fn main() {
    let case = std::env::args().nth(1).expect("a case");
    match &*case {
        "drops in a call" => drops_in_a_call(&RefCell::new(Some(suspended()))),
        "goes on in a call" => goes_on_in_a_call(&RefCell::new(Some(suspended()))),
        "ends around" => ends_around(&RefCell::new(None)),
        // Other calls begin and end meanwhile: the poll is resumed as it was left.
        "in order" => {
            let mut coroutine = suspended();
            assert_eq!(counts(), 7);
            assert!(matches!(coroutine.resume(()), CoroutineResult::Return(())));
            assert_eq!(counts(), 7);
        }
        other => panic!("no such case: {other}"),
    }
    println!("end");
}
