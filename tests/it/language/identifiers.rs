//! Raw identifiers, identifiers of other scripts, and long ones.

use super::proof::{begin, num, pause, suspends};
use vthread::prelude::*;

#[vthread]
fn r#fn(r#type: u32) -> u32 {
    pause();
    r#type
}

#[vthread]
fn r#async<'r#in>(r#await: &'r#in str) -> &'r#in str {
    pause();
    r#await
}

#[vthread]
fn r#plain(n: u32) -> u32 {
    pause();
    n
}

struct r#Struct {
    r#impl: u32,
}

#[vthread]
impl r#Struct {
    fn r#loop(&self, r#while: u32) -> u32 {
        pause();
        self.r#impl + r#while
    }
    fn r#match(&mut self) -> &mut u32 {
        pause();
        &mut self.r#impl
    }
    fn r#simple(&self) -> u32 {
        pause();
        2
    }
    fn r#dyn(r#box: u32) -> u32 {
        pause();
        r#box
    }
}

#[vthread]
#[allow(non_camel_case_types)]
trait r#trait {
    fn r#yield(&self) -> u32;
}

#[vthread]
impl r#trait for r#Struct {
    fn r#yield(&self) -> u32 {
        pause();
        self.r#impl
    }
}

mod r#mod {
    #[vthread::vthread]
    pub(super) fn r#use(n: u32) -> u32 {
        super::pause();
        n
    }
}

use r#mod::r#use as r#ref;

#[vthread]
fn raw() -> u32 {
    begin().await;
    let mut r#let = r#Struct { r#impl: r#fn(1) };
    *r#let.r#match() += 1;
    let r#if = r#let.r#loop(1) + r#let.r#simple() + r#let.simple();
    let text = r#async("ab").len() as u32;
    let more = r#mod::r#use(3) + r#ref(4) + plain(5) + r#plain(6) + r#Struct::r#dyn(7);
    'r#break: {
        if r#fn(1) == 1 {
            break 'r#break;
        }
    }
    let task = group! {
        let r#move = spawn! { r#fn(r#if) };
        r#move.join()
    };
    task + text + more + r#let.r#yield()
}

#[test]
fn raw_identifiers() {
    assert_eq!(suspends(1 + 1 + 3 + 1 + 5 + 1 + 1, raw), 7 + 2 + 25 + 2);
}

#[vthread]
fn größe(länge: u32, 幅: u32) -> u32 {
    pause();
    länge * 幅
}

struct Über {
    ключ: u32,
}

#[vthread]
impl Über {
    fn νέο(&self, δ: u32) -> u32 {
        pause();
        self.ключ + δ
    }
}

#[vthread]
fn 日本(n: u32) -> u32 {
    if n == 0 { num(0) } else { 日本(n - 1) + 1 }
}

#[vthread]
fn scripts() -> u32 {
    begin().await;
    let é = größe(2, 3);
    let über = Über { ключ: é };
    let ёж = |ж: u32| ж + 1;
    group! {
        let 子 = spawn! { über.νέο(é) };
        子.join() + ёж(日本(2)) + über.νέο(1)
    }
}

#[test]
fn identifiers_of_other_scripts() {
    assert_eq!(suspends(3, scripts), 12 + 3 + 7);
}

#[vthread]
fn __begins_with_underscores(_: u32, _unused: u32, __used: u32) -> u32 {
    pause();
    __used
}

#[vthread]
fn _one(n: u32) -> u32 {
    pause();
    n
}

#[vthread]
#[allow(non_snake_case)]
fn camelCase(n: u32) -> u32 {
    pause();
    n
}

#[vthread]
fn a_name_that_is_very_long_indeed_and_goes_on_and_on_for_no_reason_but_to_be_long(n: u32) -> u32 {
    pause();
    n
}

#[vthread]
fn x() -> u32 {
    pause();
    1
}

#[vthread]
fn shapes() -> u32 {
    begin().await;
    __begins_with_underscores(0, 0, 1)
        + _one(1)
        + camelCase(1)
        + a_name_that_is_very_long_indeed_and_goes_on_and_on_for_no_reason_but_to_be_long(1)
        + x()
}

#[test]
fn shapes_of_names() {
    assert_eq!(suspends(5, shapes), 5);
}

/// Functions whose companions must not meet a name of the expansion's own.
mod named_as_in_the_expansion {
    use super::super::proof::{begin, pause};
    use vthread::prelude::*;

    macro_rules! one_more {
        ($($name:ident)*) => {$(
            #[vthread]
            fn $name(n: u32) -> u32 {
                pause();
                n + 1
            }
        )*};
    }
    one_more! { again call code done head none over value which x }

    #[vthread]
    fn tag(n: u32) -> u32 {
        pause();
        n + 1
    }

    #[vthread]
    fn chosen() -> u32 {
        pause();
        1
    }

    #[vthread]
    fn ty<T: Into<u32>>(t: T) -> u32 {
        pause();
        t.into() + 1
    }

    #[vthread]
    fn io(n: &u32) -> u32 {
        pause();
        *n + 1
    }

    #[vthread]
    fn item(n: u32) -> u32 {
        pause();
        n + 1
    }

    #[vthread]
    pub(super) fn all_of_them() -> u32 {
        begin().await;
        let mut n = chosen() + tag(ty(0u8)) + io(&0);
        for _ in 0..over(0) {
            n = item(n);
        }
        n + again(0) + call(0) + code(0) + done(0) + head(0) + none(0) + value(0) + which(0) + x(0)
    }
}

#[test]
fn names_of_the_expansion() {
    assert_eq!(suspends(15, named_as_in_the_expansion::all_of_them), 14);
}
