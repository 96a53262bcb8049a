//! What rustc says of code that can be simpler, is never reached or never ends, in bodies of
//! vthread functions as in those of plain ones.

#![allow(unsafe_code)] // What needs none is reported.
#![allow(dead_code, clippy::all)]

use vthread::{prelude::*, yield_now};

#[must_use]
#[vthread]
fn important() -> u32 {
    yield_now();
    7
}

fn plain(n: u32) -> u32 {
    n
}

unsafe fn dangerous(n: u32) -> u32 {
    n
}

#[vthread]
fn failing() -> Result<u32, ()> {
    yield_now();
    Ok(1)
}

#[vthread]
fn never() -> ! {
    yield_now();
    panic!()
}

struct Store;

#[vthread]
impl Store {
    fn count(&self, n: u32) -> u32 {
        yield_now();
        n
    }
}

#[vthread]
fn parentheses(store: &Store, n: u32) -> u32 {
    let a = (important()); //~ unused_parens
    let mut b = (n + 1); //~ unused_parens
    b += (important()); //~ unused_parens
    if (b == important()) { //~ unused_parens
        return (store.count(1)); //~ unused_parens
    }
    while (important() == 2) {} //~ unused_parens
    match (plain(a)) { //~ unused_parens
        1 => plain((n)), //~ unused_parens
        _ => store.count((important())), //~ unused_parens
    };
    for _ in (0..important()) {} //~ unused_parens
    if let Some(n) = (Some(important())) { //~ unused_parens
        b += n;
    }
    (a + b) //~ unused_parens
}

#[vthread]
fn braces(n: u32) -> u32 { plain(n) }

#[vthread]
fn unused_braces(n: u32) -> u32 {
    if { n > 1 } { //~ unused_braces
        return plain({ n }); //~ unused_braces
    }
    let a = { plain(n) };
    let b = group! { spawn! { important() }.join() };
    a + b
}

#[vthread]
fn parentheses_that_are_needed(store: &Store, n: u32) -> Result<u32, ()> {
    let a = (important() + n) * failing()?;
    let b = important();
    if let Ok(c) = failing()
        && let d = store.count(c)
        && (plain(d) == 1 || important() < store.count(2))
    {
        return Ok(-(important() as i32) as u32);
    }
    let values = [important(), store.count(3)];
    let index = values[plain(1) as usize].max(important());
    let task: u32 = group! {
        let task = spawn! { important() };
        Ok::<_, ()>(task.join())
    }?;
    Ok(if !(a == b) { important() } else { index + task })
}

#[vthread]
fn behind_a_return(n: u32) -> u32 {
    return n;
    important(); //~ unreachable_code, unused_must_use
    n
}

#[vthread]
fn behind_a_jump(n: u32) {
    loop {
        if n == important() {
            break;
            plain(n); //~ unreachable_code
        }
        continue;
        important(); //~ unreachable_code, unused_must_use
    }
}

#[vthread]
fn behind_a_function_that_never_returns(n: u32) {
    never();
    plain(n); //~ unreachable_code
}

#[vthread]
fn behind_a_return_in_a_group(n: u32) -> u32 {
    group! {
        spawn! {
            return;
            important(); //~ unreachable_code, unused_must_use
        }
        return n;
        important(); //~ unreachable_code, unused_must_use
    }
}

#[vthread]
fn endless(n: u32) -> u32 { //~ unconditional_recursion
    yield_now();
    endless(n + 1)
}

#[vthread]
fn endless_on_both_ways(n: u32) -> u32 { //~ unconditional_recursion
    if n == important() {
        endless_on_both_ways(n)
    } else {
        let before = endless_on_both_ways(n + 1);
        before + 1
    }
}

#[vthread]
impl Store {
    fn endless_method(&self, n: u32) -> u32 { //~ unconditional_recursion
        self.endless_method(n) + 1
    }
}

#[vthread]
fn ends(n: u32) -> Result<u32, ()> {
    let found = failing()?;
    ends(n + found)
}

#[vthread]
fn ends_in_a_loop(n: u32) -> u32 {
    for i in 0..n {
        ends_in_a_loop(i);
    }
    n > 1 && ends_in_a_loop(n - 1) > 1;  //~ unused_must_use
    n
}

#[vthread]
fn safe_code(n: u32) -> u32 {
    // SAFETY: it needs none.
    let a = unsafe { plain(n) }; //~ unused_unsafe
    // SAFETY: it asks for nothing.
    let b = unsafe { dangerous(n) };
    // SAFETY: it needs none.
    let c = unsafe { important() }; //~ unused_unsafe
    a + b + c
}

fn main() {}
