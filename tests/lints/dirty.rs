//! Mistakes with the lint that says so at the end of each line: the transform hides none of them.
//!
//! It does hide `clippy::needless_return` and `clippy::let_and_return`, since the code that it
//! generates around the user's would trip them, and the `#[must_use]` of a method of another file,
//! and of a call whose arguments are more than places and literals (that of a type is seen).
//! `bodies.rs` has more of rustc's own.

#![allow(dead_code, clippy::unnecessary_operation)]

use vthread::sync::Mutex;
use vthread::{prelude::*, yield_now};

#[must_use]
#[vthread]
fn important() -> u32 {
    yield_now();
    7
}

#[must_use]
fn noticed(what: &str, flag: bool) -> bool {
    flag && !what.is_empty()
}

#[vthread]
fn fallible() -> Result<(), ()> {
    yield_now();
    Ok(())
}

#[deprecated]
#[vthread]
fn old() {
    yield_now();
}

struct Store {
    items: Mutex<Vec<u32>>,
}

impl Store {
    #[must_use]
    fn spare(&self, n: usize) -> usize {
        n + size_of_val(&self.items)
    }
    #[must_use]
    fn made(n: usize) -> usize {
        n
    }
}

#[vthread]
impl Store {
    fn add(&self, item: u32) -> Result<(), ()> {
        self.items.lock().push(item);
        Ok(())
    }
}

#[vthread]
fn rustc_lints(store: &Store, flag: bool) -> u32 {
    let unused = important(); //~ unused_variables
    let mut constant = important(); //~ unused_mut
    fallible(); //~ unused_must_use
    important(); //~ unused_must_use
    noticed("it", flag); //~ unused_must_use
    store.add(1); //~ unused_must_use
    store.spare(1); //~ unused_must_use
    Store::made(2); //~ unused_must_use
    important() + 1; //~ unused_must_use
    old(); //~ deprecated
    let mut assigned = 1; //~ unused_variables
    assigned = important(); //~ unused_assignments
    while true { //~ while_true
        if flag {
            break;
        }
    }
    let NotSnake = 1; //~ non_snake_case
    constant + NotSnake
}

#[vthread]
fn groups() -> Result<u32, std::io::Error> {
    let unused = 5; //~ unused_variables
    group! {
        let unused_in_the_body = important(); //~ unused_variables
        spawn! {
            let unused_in_a_child = important(); //~ unused_variables
        }
        for item in 0..3 { //~ unused_variables
            spawn! { yield_now() }
        }
    }?;
    group! { spawn! { Ok::<_, std::io::Error>(()) } }; //~ unused_must_use
    Ok(1)
}

#[vthread]
fn clippy_lints(names: &Vec<String>, store: &Store) -> bool { //~ clippy::ptr_arg
    let n = important();
    let copy = n.clone(); //~ clippy::clone_on_copy
    if store.items.lock().len() == 0 { //~ clippy::len_zero
        return false;
    }
    copy > 1 && names.iter().any(|name| name == "x") == true //~ clippy::bool_comparison
}

#[vthread]
fn holds_up_others(lock: &std::sync::Mutex<u32>) -> u32 {
    let guard = lock.lock().unwrap(); //~ clippy::await_holding_lock
    let n = important(); //~ deprecated
    n + *guard
}

#[vthread]
fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 { //~ clippy::too_many_arguments
    yield_now();
    a + b + c + d + e + f + g + h
}

#[vthread]
fn indexed(numbers: &[u32]) -> u32 {
    let mut sum = 0;
    for i in 0..numbers.len() { //~ clippy::needless_range_loop
        sum += numbers[i] + important();
    }
    sum
}

#[vthread]
fn polled_with_others() -> u32 {
    let future = async { important() }; //~ deprecated
    future.await
}

mod futures {
    macro_rules! join {
        ($($future:expr),* $(,)?) => {
            ($($future,)*)
        };
    }
    pub(crate) use join;
}

#[vthread]
fn polled_by_a_macro(n: u32) -> u32 {
    let (first, second) = futures::join!(
        async move { important() + n }, //~ deprecated
        async {
            let important = || 2;
            important()
        },
    );
    first.await + second.await
}

fn main() {}
