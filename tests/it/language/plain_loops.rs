//! `for` over types that do not suspend, and over types that are also plain iterators.

use super::proof::{begin, give, pause, suspends};
use std::cell::RefCell;
use std::rc::Rc;
use vthread::prelude::*;
use vthread::yield_now;

/// Suspends by its `next`, and is an iterator for plain code.
struct Both(u32);

#[vthread]
impl Both {
    fn next(&mut self) -> Option<u32> {
        pause();
        self.0 = self.0.checked_sub(1)?;
        Some(self.0 + 100)
    }
}

impl Iterator for Both {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

#[vthread]
fn both() -> Vec<u32> {
    begin().await;
    let mut seen = vec![];
    for n in Both(2) {
        seen.push(n);
    }
    // An adapter is a plain iterator.
    for n in Both(2).map(|n| n + 7) {
        seen.push(n);
    }
    seen
}

#[test]
fn a_suspending_next_comes_before_an_iterator() {
    assert_eq!(suspends(3, both), [101, 100, 8, 7]);
}

/// A collection with a cursor of its own.
struct Shelf(Vec<u32>);

#[vthread]
impl Shelf {
    fn next(&mut self) -> Option<u32> {
        pause();
        self.0.pop()
    }
}

impl<'a> IntoIterator for &'a Shelf {
    type Item = &'a u32;
    type IntoIter = std::slice::Iter<'a, u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[vthread]
fn shelf() -> Vec<u32> {
    begin().await;
    let mut shelf = Shelf(vec![1, 2]);
    let mut seen = vec![];
    for n in &shelf {
        seen.push(*n);
    }
    for n in &mut shelf {
        seen.push(n * 10);
    }
    seen
}

#[test]
fn a_reference_that_iterates_stays_plain() {
    assert_eq!(suspends(3, shelf), [1, 2, 20, 10]);
}

#[vthread]
fn plain() -> String {
    begin().await;
    let mut text = String::new();
    let rc = Rc::new(vec![1, 2]);
    for n in rc.iter() {
        text += &n.to_string();
    }
    for n in &*rc {
        text += &n.to_string();
    }
    for n in Rc::try_unwrap(rc).unwrap() {
        text += &n.to_string();
    }
    let mut inferred = Vec::new();
    for n in &inferred {
        let _: &u8 = n;
    }
    inferred.push(1);
    for n in &mut inferred {
        *n += 1;
    }
    let mut iter = inferred.into_iter().chain([7, 8]);
    for n in iter.by_ref() {
        text += &n.to_string();
        if n == 7 {
            break;
        }
    }
    for n in iter {
        text += &n.to_string();
    }
    let lock = std::sync::Mutex::new(vec![3]);
    for n in lock.lock().unwrap().iter() {
        assert!(lock.try_lock().is_err(), "the guard lives to the end");
        text += &n.to_string();
    }
    assert!(lock.try_lock().is_ok());
    for n in std::iter::once(4) {
        text += &n.to_string();
    }
    for (key, value) in &std::collections::BTreeMap::from([("k", 5)]) {
        text += key;
        text += &value.to_string();
    }
    for (a, [b, _]) in [(1, [2, 3])].iter() {
        text += &format!("{a}{b}");
    }
    for c in give("ab").chars() {
        text.push(c);
    }
    text
}

#[test]
fn plain_loops_are_as_ever() {
    assert_eq!(suspends(1, plain), "12121227834k512ab");
}

struct Noisy<'a>(u32, &'a RefCell<Vec<String>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(format!("drop {}", self.0));
    }
}

macro_rules! order {
    ($name:ident $(, $attr:tt)?) => {
        $(#[$attr])?
        fn $name(log: &RefCell<Vec<String>>) {
            for _ in [Noisy(1, log), Noisy(2, log)].into_iter().collect::<Vec<_>>() {
                log.borrow_mut().push("body".into());
            }
            for Noisy(n, _) in vec![Noisy(3, log)].into_iter().inspect(|_| {}) {
                log.borrow_mut().push(format!("body {n}"));
            }
            for noisy in Some(Noisy(4, log)).iter() {
                log.borrow_mut().push(format!("body {}", noisy.0));
            }
            log.borrow_mut().push("end".into());
        }
    };
}
order!(in_vthread_code, vthread);
order!(in_plain_code);

#[test]
fn items_and_heads_are_dropped_where_they_would_be() {
    let (ours, theirs) = (RefCell::default(), RefCell::default());
    in_vthread_code(&ours);
    in_plain_code(&theirs);
    assert_eq!(ours.into_inner(), theirs.into_inner());
}

/// Its loops are over values that are not `Send`, and it can still be spawned.
#[vthread]
fn not_send_inside() -> u32 {
    let rc = Rc::new(vec![1u32, 2]);
    let mut sum = 0;
    for n in rc.iter() {
        sum += n;
    }
    for n in rc.as_ref() {
        sum += n;
    }
    for n in Rc::try_unwrap(rc).unwrap() {
        sum += n;
    }
    sum
}

#[test]
fn what_is_not_send_may_be_looped_over() {
    let sum = group! {
        let sum = spawn! {
            let sum = not_send_inside();
            yield_now();
            sum
        };
        sum.join()
    };
    assert_eq!(sum, 9);
}
