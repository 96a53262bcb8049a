//! `group!` and vthread functions in plain functions, closures and iterators: they block.

use super::fetching::{Error, fetch, names, sorted};
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::{Group, yield_now};

#[test]
fn a_group_in_a_plain_function() {
    let total = Mutex::new(0);
    let value = group! {
        for i in 0..4 {
            spawn! {
                yield_now();
                *total.lock() += i;
            }
        }
        7
    };
    assert_eq!((value, total.into_inner()), (7, 6));
}

#[test]
fn with_an_error_type() {
    let length = |url: &'static str| -> Result<usize, Error> {
        group!(error = Error => {
            let task = spawn! { fetch(url)?.len() };
            task.join() + 1
        })
    };
    assert_eq!(length("x"), Ok(4));
    assert_eq!(length("bad"), Err(Error("no bad".into())));
}

fn early(n: u32) -> Option<u32> {
    let numbers = [1, 2, 3];
    group! {
        let task = spawn! { numbers.first().copied() };
        if n == 0 {
            return None;
        }
        let first = task.join()?;
        if first > 5 {
            return Some(9);
        }
    }
    Some(numbers[0])
}

fn leaves_a_loop() -> Vec<u32> {
    let seen = Mutex::new(vec![]);
    for i in 0..5 {
        group! {
            spawn! { seen.lock().push(i); }
            if i == 2 {
                break;
            }
            continue;
        }
    }
    sorted(seen.into_inner())
}

#[test]
fn control_flow_of_a_plain_function() {
    assert_eq!((early(3), early(0)), (Some(1), None));
    assert_eq!(leaves_a_loop(), [0, 1, 2]);
}

fn helper<'scope>(g: &Group<'scope, Error>, urls: &'scope [String], n: &'scope Mutex<usize>) {
    for url in urls {
        spawn!(g => {
            let body = fetch(url)?;
            *n.lock() += body.len();
        });
    }
}

#[test]
fn a_plain_helper_spawns_into_its_callers_group() {
    let n = Mutex::new(0);
    let urls = names(3);
    let result: Result<(), Error> = group!(g, error = Error => { helper(g, &urls, &n); });
    assert_eq!(result, Ok(()));
    assert_eq!(n.into_inner(), 12);
}

struct Pages {
    left: u32,
}

impl Iterator for Pages {
    type Item = String;
    fn next(&mut self) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        Some(fetch("p").unwrap())
    }
}

#[vthread]
fn iterates() -> usize {
    let mut n = 0;
    for page in (Pages { left: 3 }) {
        n += page.len();
    }
    n + Pages { left: 2 }
        .map(|page| fetch(&page).unwrap().len())
        .sum::<usize>()
}

#[vthread]
fn maps_in_a_child(urls: &[String]) -> usize {
    group! {
        let task = spawn! { urls.iter().map(|url| fetch(url).unwrap().len()).sum::<usize>() };
        task.join()
    }
}

#[test]
fn plain_code_below_a_vthread() {
    assert_eq!(iterates(), 9 + 10);
    assert_eq!(maps_in_a_child(&names(2)), 8);
}

#[vthread]
fn main() -> Result<(), Error> {
    group! {
        spawn! { fetch("a")?; }
    }
}

#[test]
fn main_may_be_a_vthread_function() {
    assert_eq!(main(), Ok(()));
}
