//! Attributes and docs on items, arguments, statements, expressions, arms and fields.

#![deny(warnings)]

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

/// A line.
/** A block. */
#[doc = "An attribute."]
#[vthread]
#[inline(always)]
#[must_use = "why call it"]
#[cfg(test)]
#[cfg_attr(test, allow(unused_variables))]
#[expect(clippy::needless_return, reason = "it is what is tested")]
fn decorated(
    /* a comment */ #[allow(unused_variables)] first: u32,
    #[cfg(test)] second: u32,
    #[cfg(not(test))] third: u32,
    #[cfg_attr(test, allow(unused_mut))] mut fourth: u32,
) -> u32 {
    //! An inner line.
    pause();
    return second + fourth;
}

#[cfg(not(test))]
#[vthread]
fn gone(n: NoSuchType) -> u32 {
    no_such_function(n)
}

#[cfg(test)]
#[vthread]
fn chosen() -> u32 {
    pause();
    1
}

#[cfg(not(test))]
#[vthread]
fn chosen() -> u32 {
    pause();
    2
}

#[vthread]
#[cold]
#[inline(never)]
#[allow(clippy::all)]
pub(super) fn many() -> u32 {
    pause();
    3
}

#[vthread]
#[deprecated(note = "an old one")]
fn old() -> u32 {
    pause();
    4
}

#[vthread]
fn on_items() -> u32 {
    begin().await;
    #[allow(deprecated)]
    let old = old();
    decorated(9, 1, 2) + chosen() + many() + old
}

#[test]
fn attributes_of_functions() {
    assert_eq!(suspends(4, on_items), 3 + 1 + 3 + 4);
}

struct Record {
    #[cfg(test)]
    a: u32,
    #[cfg(not(test))]
    b: u32,
}

/// A block.
#[vthread]
#[allow(dead_code)]
#[cfg(test)]
impl Record {
    /// A method.
    #[must_use]
    #[inline]
    fn worth(&self, #[allow(unused)] n: u32) -> u32 {
        pause();
        self.a
    }

    #[cfg(not(test))]
    fn hidden(&self) -> NoSuchType {
        no_such_function()
    }

    #[cfg(test)]
    fn shown(&self) -> u32 {
        pause();
        5
    }

    /// Not ours.
    #[plain]
    #[must_use]
    fn untouched(&self) -> u32 {
        6
    }

    #[vthread::plain]
    fn by_path() -> u32 {
        7
    }

    #[deprecated]
    fn old(&self) -> u32 {
        pause();
        8
    }
}

/// A trait.
#[vthread]
#[allow(dead_code)]
trait Described {
    /// A method.
    #[must_use]
    fn described(&self) -> u32;
    #[cfg(not(test))]
    fn hidden(&self) -> NoSuchType;
    #[cfg(test)]
    #[allow(unused)]
    fn shown_here(&self, n: u32) -> u32 {
        pause();
        1
    }
}

#[vthread]
impl Described for Record {
    #[inline]
    fn described(&self) -> u32 {
        pause();
        2
    }
    #[cfg(test)]
    fn shown_here(&self, n: u32) -> u32 {
        pause();
        n
    }
}

#[vthread]
fn on_methods() -> u32 {
    begin().await;
    let record = Record {
        #[cfg(test)]
        a: num(1),
        #[cfg(not(test))]
        b: num(1),
    };
    #[allow(deprecated)]
    let old = record.old();
    record.worth(0)
        + record.shown()
        + record.untouched()
        + Record::by_path()
        + old
        + record.described()
        + record.shown_here(3)
}

#[test]
fn attributes_of_methods() {
    assert_eq!(suspends(6, on_methods), 1 + 5 + 6 + 7 + 8 + 2 + 3);
}

#[vthread]
#[rustfmt::skip]
fn on_expressions() -> u32 {
    begin().await;
    #[cfg(not(test))]
    let a = no_such_function();
    #[cfg(test)]
    let a = num(1);
    #[allow(unused_variables)]
    let unused = num(2);
    #[cfg(not(test))]
    {
        no_such_function();
    }
    #[cfg(test)]
    num(3);
    #[allow(clippy::unit_arg)]
    pause();
    #[allow(unused_must_use)]
    give(Ok::<u32, u32>(3));
    let b = match num(4) {
        #[cfg(not(test))]
        4 => no_such_function(),
        #[cfg(test)]
        #[allow(clippy::all)]
        4 => num(5),
        _ => 0,
    };
    let c = [
        #[cfg(not(test))]
        no_such_function(),
        #[cfg(test)]
        num(6),
        #[allow(unused)] num(7),
    ];
    let d = give((#[allow(unused)] 8, #[cfg(not(test))] 9));
    let Record { #[cfg(test)] a: e, #[cfg(not(test))] b: e } = give(Record { a: 1 });
    #[allow(unused_assignments)]
    for _ in 0..num(1) {
        #[cfg(not(test))]
        break;
        #[cfg(test)]
        continue;
    }
    let f = |#[allow(unused)] x: u32| { 1 };
    a + b + c.len() as u32 + d.0 + e + f(1) + many()
}

#[test]
fn attributes_of_statements_and_expressions() {
    assert_eq!(suspends(13, on_expressions), 1 + 5 + 2 + 8 + 1 + 1 + 3);
}

#[vthread]
fn lints_inside() -> u32 {
    #![allow(unused_variables)]
    begin().await;
    let unused = 1;
    {
        #![allow(unused_mut)]
        let mut x = num(1);
        x
    }
}

#[test]
fn inner_attributes() {
    assert_eq!(suspends(1, lints_inside), 1);
}
