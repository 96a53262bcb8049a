//! What the macros know from the file around a body, since they see no types.

use super::proof::{begin, num, pause, suspends};
use vthread::io::{self, Read as Source};
use vthread::prelude::*;

macro_rules! declared {
    ($name:ident = $value:expr) => {
        #[allow(unused_mut)]
        let mut $name = $value;
    };
}

#[vthread]
fn closures_of_a_macro() -> u32 {
    begin().await;
    let three = 3;
    declared!(next = |n: u32| n + 1);
    declared!(more = move |n: u32| n + three);
    next(num(1)) + more(2)
}

#[test]
fn t13_a_closure_that_a_macro_binds() {
    assert_eq!(suspends(1, closures_of_a_macro), 7);
}

#[allow(dead_code)]
fn items() {}
#[allow(dead_code)]
fn count() {}

#[derive(Clone, Copy)]
struct Count(u32);

impl Count {
    fn insert(&mut self, n: u32) -> u32 {
        self.0 += n;
        self.0
    }
}

/// Functions of the file have the names of the variables.
#[vthread]
fn variables_of_a_macro() -> u32 {
    begin().await;
    declared!(items = vec![1, 2]);
    declared!(count = Count(1));
    let first = items.get(0).copied().unwrap_or(0);
    count.insert(num(1));
    count.insert(first) + count.0 + items.len() as u32
}

#[test]
fn t13_a_variable_named_like_a_function_stays_where_it_is() {
    assert_eq!(suspends(1, variables_of_a_macro), 3 + 3 + 2);
}

trait Empty {
    fn made_empty(n: u32) -> Self;
}

impl Empty for Vec<u32> {
    fn made_empty(n: u32) -> Self {
        Vec::with_capacity(n as usize)
    }
}

trait Error: Sized {
    fn custom(what: &str) -> Self;
}

impl Error for String {
    fn custom(what: &str) -> Self {
        what.to_owned()
    }
}

#[vthread]
fn constructors<E: Error>(n: u32) -> Result<Vec<u32>, E> {
    begin().await;
    let mut all: Vec<u32> = Empty::made_empty(num(n));
    if n == 0 {
        return Err(Error::custom("none"));
    }
    all.push(n);
    Ok(all)
}

#[test]
fn t13_functions_of_a_plain_trait_whose_type_the_context_tells() {
    assert_eq!(
        suspends(1, || constructors::<String>(0)).unwrap_err(),
        "none"
    );
    assert_eq!(suspends(1, || constructors::<String>(4)), Ok(vec![4]));
}

struct Parity;

#[vthread]
impl Parity {
    #[vthread(boxed)]
    fn even(&self, n: u32) -> bool {
        pause();
        n == 0 || self.odd(n - 1)
    }
    fn odd(&self, n: u32) -> bool {
        n != 0 && self.even(n - 1)
    }
}

#[vthread]
fn parities() -> bool {
    begin().await;
    Parity.even(4) && !Parity.odd(2)
}

#[test]
fn t13_one_method_of_an_impl_is_boxed() {
    assert!(suspends(3 + 1, parities));
}

/// Plain code and vthread code have a `next` each.
struct Ticks(u32);

impl Iterator for Ticks {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        panic!("this one blocks")
    }
}

#[vthread]
impl Ticks {
    fn next(&mut self) -> Option<u32> {
        pause();
        self.0 += 1;
        (self.0 < 3).then_some(self.0)
    }
}

#[vthread]
fn steps_by_reference() -> u32 {
    begin().await;
    let mut ticks = Ticks(0);
    let mut sum = 0;
    for n in &mut ticks {
        sum += n;
    }
    let again = &mut ticks;
    again.0 = 1;
    for n in again {
        sum += n;
    }
    sum
}

#[test]
fn t13_a_loop_over_a_reference_to_an_iterator_that_suspends() {
    assert_eq!(suspends(3 + 2, steps_by_reference), 1 + 2 + 2);
}

struct Zeros;

#[vthread]
impl Source for Zeros {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        pause();
        buf.fill(0);
        Ok(buf.len())
    }
}

#[vthread]
fn reads() -> io::Result<usize> {
    begin().await;
    let mut word = [1; 4];
    Zeros.read_exact(&mut word)?;
    Ok(word.iter().filter(|byte| **byte == 0).count())
}

#[test]
fn t14_a_trait_of_the_library_under_another_name() {
    assert_eq!(suspends(1, reads).unwrap(), 4);
}
