//! Calls of the functions of the same `impl` block, and other items that may have their names.

use super::proof::{begin, pause, suspends, suspends_and_blocks};
use std::ops::Deref;
use std::rc::Rc;
use vthread::prelude::*;

#[derive(Clone, Copy)]
struct Meter {
    value: u32,
}

/// Has the names of `Meter`'s own methods, and takes `self` in other ways.
#[allow(dead_code)]
trait Collides: Sized {
    fn by_reference(&mut self) -> &'static str {
        "the trait's"
    }
    fn by_value(&self) -> &'static str {
        "the trait's"
    }
    fn by_mutable(self) -> &'static str {
        "the trait's"
    }
    fn make() -> &'static str {
        "the trait's"
    }
}

impl Collides for Meter {}

#[vthread]
impl Meter {
    fn by_reference(&self) -> u32 {
        pause();
        self.value
    }

    fn by_value(self) -> u32 {
        pause();
        self.value + 1
    }

    fn by_mutable(&mut self) -> u32 {
        pause();
        self.value += 2;
        self.value
    }

    fn make() -> u32 {
        pause();
        7
    }

    #[plain]
    fn look(&self) -> u32 {
        self.value * 100
    }

    /// Nothing takes precedence over a method that takes `self` as this one has it.
    fn from_reference(&self) -> (u32, u32, u32, u32) {
        let twice = (0..2).map(|_| self.by_reference()).sum();
        (self.by_reference(), twice, self.look(), Self::make())
    }

    fn from_value(self) -> (u32, u32) {
        (self.by_value(), self.look())
    }

    fn from_mutable(&mut self) -> (u32, u32, u32) {
        (self.by_mutable(), self.by_mutable(), self.look())
    }

    /// Here the trait's methods take precedence, and they are plain.
    fn the_others(&mut self) -> (&'static str, &'static str, u32) {
        (self.by_reference(), (&*self).by_value(), Meter::make())
    }

    fn shared(self: Rc<Self>) -> (u32, u32) {
        (self.by_reference(), self.look())
    }
}

#[test]
fn methods_of_the_same_block_suspend() {
    let meter = Meter { value: 5 };
    // Twice in a closure, which is plain code.
    let seen = suspends_and_blocks(2, 2, || reads(meter));
    assert_eq!(seen, (5, 10, 500, 7));
    assert_eq!(suspends(1, || consumes(meter)), (6, 500));
    assert_eq!(suspends(2, || changes(meter)), (7, 9, 900));
    assert_eq!(suspends(1, || shares(meter)), (5, 500));
}

#[vthread]
fn reads(meter: Meter) -> (u32, u32, u32, u32) {
    begin().await;
    meter.from_reference()
}

#[vthread]
fn consumes(meter: Meter) -> (u32, u32) {
    begin().await;
    meter.from_value()
}

#[vthread]
fn changes(mut meter: Meter) -> (u32, u32, u32) {
    begin().await;
    meter.from_mutable()
}

#[vthread]
fn shares(meter: Meter) -> (u32, u32) {
    begin().await;
    Rc::new(meter).shared()
}

#[vthread]
fn others(mut meter: Meter) -> (&'static str, &'static str, u32) {
    begin().await;
    meter.the_others()
}

#[test]
fn a_traits_method_of_the_name_comes_first_where_it_takes_self_more_closely() {
    let seen = suspends(1, || others(Meter { value: 5 }));
    assert_eq!(seen, ("the trait's", "the trait's", 7));
}

/// Dereferences to a type with the same names.
struct Outer(Meter);

impl Deref for Outer {
    type Target = Meter;
    fn deref(&self) -> &Meter {
        &self.0
    }
}

#[vthread]
impl Outer {
    #[plain]
    fn by_reference(&self) -> u32 {
        1
    }

    #[cfg(any())]
    fn look(&self) -> u32 {
        pause();
        2
    }

    fn all(&self) -> (u32, u32) {
        (self.by_reference(), self.look())
    }
}

#[vthread]
fn outer() -> (u32, u32) {
    begin().await;
    Outer(Meter { value: 3 }).all()
}

#[test]
fn a_function_that_is_not_there_is_not_called() {
    assert_eq!(suspends(0, outer), (1, 300));
}
