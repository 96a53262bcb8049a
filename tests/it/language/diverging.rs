//! Expressions that never have a value.

use super::proof::{begin, give, num, pause, suspends};
use std::panic::{AssertUnwindSafe, catch_unwind};
use vthread::prelude::*;

#[vthread]
fn fails(text: &str) -> ! {
    pause();
    panic!("{text}")
}

#[vthread]
fn endless(n: &mut u32) -> ! {
    loop {
        *n += num(1);
        if *n > 3 {
            fails("enough")
        }
    }
}

struct Exits;

#[vthread]
impl Exits {
    fn leave(&self, n: u32) -> ! {
        pause();
        fails(&format!("left {n}"))
    }
}

fn message<R>(f: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(|| drop(f()))).unwrap_err();
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[vthread]
fn as_values(n: u32) -> u32 {
    begin().await;
    let a = if num(n) == 1 { fails("if") } else { 1 };
    let b: u32 = match num(n) {
        2 => fails("match"),
        k if k == 3 => panic!("arm {k}"),
        k => k,
    };
    let Some(c) = give(Some(n)).filter(|n| *n != 4) else {
        fails("else")
    };
    let d = Some(n)
        .filter(|n| *n != 5)
        .unwrap_or_else(|| fails("closure"));
    let e = 'e: {
        if n != 6 {
            break 'e 1;
        }
        Exits.leave(6)
    };
    let f = num(if n == 7 { fails("argument") } else { n });
    let g = {
        if n == 8 {
            unreachable!("eight {}", num(8))
        } else {
            n
        }
    };
    a + b + c + d + e + f + g
}

#[test]
fn diverging_calls_as_values() {
    assert_eq!(suspends(4, || as_values(0)), 2);
    let messages = (1..9)
        .map(|n| message(move || as_values(n)))
        .collect::<Vec<_>>();
    let expected = [
        "if",
        "match",
        "arm 3",
        "else",
        "closure",
        "left 6",
        "argument",
        "internal error: entered unreachable code: eight 8",
    ];
    assert_eq!(messages, expected);
}

#[vthread]
fn tail_that_diverges(n: u32) -> Result<String, u8> {
    let mut n = n;
    if num(n) > 2 {
        return Err(1);
    }
    endless(&mut n)
}

#[vthread]
fn never_as_unit() {
    pause();
    fails("unit")
}

#[vthread]
fn never_through_plain(exit: fn() -> !) -> u32 {
    pause();
    exit()
}

#[vthread]
fn loops_without_break() -> u32 {
    let mut n = 0;
    loop {
        n += num(1);
        if n == 3 {
            return n;
        }
    }
}

#[vthread]
#[allow(unreachable_code)]
fn return_as_a_value(n: Option<u32>) -> u32 {
    n.unwrap_or(return num(9))
}

#[test]
#[allow(unreachable_code, clippy::diverging_sub_expression)]
fn diverging_tails() {
    assert_eq!(tail_that_diverges(3), Err(1));
    assert_eq!(message(|| tail_that_diverges(0)), "enough");
    assert_eq!(message(never_as_unit), "unit");
    assert_eq!(message(|| never_through_plain(|| panic!("plain"))), "plain");
    assert_eq!(loops_without_break(), 3);
    assert_eq!(return_as_a_value(Some(1)), 9);
}

#[vthread]
fn child_that_diverges() -> u32 {
    group! {
        let task = spawn! {
            pause();
            if num(1) == 1 {
                fails("child")
            }
            4
        };
        task.join()
    }
}

#[vthread]
fn child_of_never(kind: u32) -> Result<u32, String> {
    group! {
        spawn! {
            match kind {
                0 => fails("zero"),
                1 => {
                    Err(give("one".to_owned()))?;
                }
                2 => return,
                _ => loop {
                    pause();
                    if num(kind) == 3 {
                        return Err("three".to_owned());
                    }
                },
            }
        };
        num(1)
    }
}

#[vthread]
fn child_tail_is_never() {
    group! {
        spawn! { if num(1) == 1 { fails("tail") } }
    }
}

#[vthread]
fn body_that_diverges() -> u32 {
    group! {
        spawn! { pause(); }
        fails("body")
    }
}

fn plain(text: &str) -> ! {
    panic!("{text}")
}

#[vthread]
fn children_of_one_call(kind: u32) -> Result<u32, String> {
    group! {
        match kind {
            0 => drop(spawn! { fails("call") }),
            1 => drop(spawn! { plain("plain") }),
            2 => drop(spawn! { Exits.leave(3) }),
            _ => drop(spawn! { fails("statement"); }),
        }
    }?;
    Ok(kind)
}

#[vthread]
fn infallible_children_of_one_call(kind: u32) {
    group! {
        if kind == 0 {
            spawn! { fails("call") };
        } else {
            spawn! { Exits.leave(kind); };
        }
    }
}

#[vthread]
fn bodies_of_one_call(kind: u32) -> Result<u32, String> {
    match kind {
        0 => group! { fails("group"); }?,
        1 => group! { fails("its tail") }?,
        2 => drop(timeout!(std::time::Duration::MAX => { fails("timeout"); })),
        3 => drop(timeout!(std::time::Duration::MAX => { fails("its tail") })),
        _ => shield! { fails("shield"); },
    }
    Ok(kind)
}

#[test]
fn children_and_bodies_that_are_one_call_that_never_ends() {
    let children = ["call", "plain", "left 3", "statement"];
    for (kind, expected) in (0..).zip(children) {
        assert_eq!(message(|| children_of_one_call(kind)), expected);
    }
    assert_eq!(message(|| infallible_children_of_one_call(0)), "call");
    assert_eq!(message(|| infallible_children_of_one_call(1)), "left 1");
    let bodies = ["group", "its tail", "timeout", "its tail", "shield"];
    for (kind, expected) in (0..).zip(bodies) {
        assert_eq!(message(|| bodies_of_one_call(kind)), expected);
    }
}

#[test]
fn children_and_bodies_that_diverge() {
    assert_eq!(message(|| child_that_diverges()), "child");
    assert_eq!(message(|| child_of_never(0)), "zero");
    assert_eq!(child_of_never(1), Err("one".into()));
    assert_eq!(child_of_never(2), Ok(1));
    assert_eq!(child_of_never(3), Err("three".into()));
    assert_eq!(message(child_tail_is_never), "tail");
    assert_eq!(message(|| body_that_diverges()), "body");
}

enum Never {}

#[vthread]
fn gives_never(fail: bool) -> Result<u32, Never> {
    pause();
    if fail {
        fails("never")
    }
    Ok(3)
}

#[vthread]
fn irrefutable() -> u32 {
    begin().await;
    let Ok(n) = gives_never(false);
    let Ok(m) = give(Ok::<_, std::convert::Infallible>(2));
    match gives_never(false) {
        Ok(k) => n + m + k,
    }
}

#[test]
fn uninhabited_types() {
    assert_eq!(suspends(3, irrefutable), 8);
}

#[vthread]
fn statement(n: u32) -> u32 {
    if num(n) == 1 {
        fails("statement");
    }
    num(2)
}

#[test]
fn diverging_statements() {
    assert_eq!(statement(0), 2);
    assert_eq!(message(|| statement(1)), "statement");
}

/// The `break`s in the loop's groups and children are not the loop's own: the tail needs no type.
#[vthread]
fn servants() -> Result<u32, String> {
    let n = vthread::sync::Mutex::new(0);
    group! {
        spawn!(service => {
            loop {
                spawn! { loop { break; } };
                group! { loop { break } }?;
                println!("{}", loop { break 1 });
                *n.lock() += 1;
                pause();
            }
        });
        while *n.lock() < 3 {
            pause();
        }
    }?;
    Ok(n.into_inner().min(3))
}

#[test]
fn loops_of_children_that_never_end() {
    assert_eq!(servants(), Ok(3));
}
