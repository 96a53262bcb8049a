//! Every construct, as a careful user writes it. Nothing is reported of it by the lints that rustc
//! allows by default either.

#![forbid(unsafe_code)]
#![warn(
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    future_incompatible,
    impl_trait_redundant_captures,
    keyword_idents,
    let_underscore,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    nonstandard_style,
    redundant_imports,
    redundant_lifetimes,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use vthread::io::{self, BufReader};
use vthread::prelude::*;
use vthread::sync::{Mutex, channel, oneshot};
use vthread::time::sleep;
use vthread::{Group, map_concurrent, yield_now};

context_var! {
    /// Whose request it is.
    static REQUEST: u32 = 0;
}

static N_CALLS: AtomicU32 = AtomicU32::new(0);

#[derive(Debug)]
enum Error {
    Io(io::Error),
    Closed,
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

fn kind(error: &Error) -> Option<io::ErrorKind> {
    match error {
        Error::Io(error) => Some(error.kind()),
        Error::Closed => None,
    }
}

#[vthread]
fn called(n: u32) -> u32 {
    yield_now();
    let _ = N_CALLS.fetch_add(1, Ordering::Relaxed);
    n
}

#[vthread]
fn checked(n: u32) -> Result<u32, Error> {
    if called(n) > 100 {
        return Err(Error::Closed);
    }
    Ok(n)
}

#[vthread(boxed)]
fn odd(n: u32) -> bool {
    yield_now();
    n != 0 && even(n - 1)
}

#[vthread]
fn even(n: u32) -> bool {
    n == 0 || odd(n - 1)
}

#[vthread]
fn largest<T: PartialOrd + Clone + Send>(values: &[T]) -> Option<T> {
    let mut values = values.iter();
    let mut found = values.next()?.clone();
    for value in values {
        yield_now();
        if *value > found {
            found = value.clone();
        }
    }
    Some(found)
}

#[derive(Debug, Default)]
struct Tree {
    value: u32,
    below: Vec<Tree>,
}

#[vthread]
impl Tree {
    fn total(&self) -> u32 {
        let mut sum = called(self.value);
        for tree in &self.below {
            sum += tree.sum_of_both(1);
        }
        sum
    }

    fn sum_of_both(&self, n: u32) -> u32 {
        if n == 0 {
            0
        } else {
            self.value + self.sum_of_both(n - 1)
        }
    }

    #[plain]
    fn is_leaf(&self) -> bool {
        self.below.is_empty()
    }
}

#[vthread(dyn)]
trait Store: Debug {
    fn load(&self, key: &str) -> Result<String, Error>;
    fn load_all(&self, keys: &[&str]) -> Result<Vec<String>, Error> {
        let mut all = Vec::new();
        for key in keys {
            all.push(self.load(key)?);
        }
        Ok(all)
    }
}

#[derive(Debug)]
struct Memory(Mutex<Vec<String>>);

#[vthread(dyn)]
impl Store for Memory {
    fn load(&self, key: &str) -> Result<String, Error> {
        let values = self.0.lock();
        values
            .iter()
            .find(|value| value.starts_with(key))
            .cloned()
            .ok_or(Error::Closed)
    }
}

#[vthread]
fn groups(numbers: &[u32]) -> Result<u32, Error> {
    let sum = Mutex::new(0);
    group!(max_concurrency = 2, name = "all" => {
        for n in numbers {
            spawn! { *sum.lock() += checked(*n)?; }
        }
    })?;
    let kept = group!(on_failure = keep => {
        let task = spawn!(name = "first" => { checked(1) });
        task.join()
    })?;
    let all = group!(on_failure = collect => {
        spawn! { checked(2) };
        3
    });
    let all = all.map_err(|_| Error::Closed)?;
    group!(g => {
        helper(g, numbers);
        spawn!(service => { loop { sleep(Duration::from_secs(1)); } });
    })?;
    Ok(kept + all + sum.into_inner())
}

#[vthread]
fn helper<'scope>(g: &Group<'scope, Error>, numbers: &'scope [u32]) {
    for n in numbers {
        spawn!(g => { let _ = checked(*n)?; });
    }
}

#[vthread]
fn leaves(numbers: &[u32]) -> Option<u32> {
    'outer: for n in numbers {
        group! {
            spawn! { let _ = called(*n); };
            match called(*n) {
                0 => continue 'outer,
                1 => break 'outer,
                n if n > 5 => return Some(n),
                _ => {}
            }
        }
        yield_now();
    }
    None
}

#[vthread]
fn selects() -> u32 {
    let (tx, rx) = channel::<u32>(1);
    let (answer, answered) = oneshot();
    let mut n = 0;
    if tx.send(3).is_ok() && answer.send(4).is_ok() {
        select! {
            biased;
            Ok(found) = rx.recv() => n += found,
            () = sleep(Duration::from_secs(9)), if n > 0 => {}
            else => n += 100,
        }
        n += select! {
            found = answered.recv() => found.unwrap_or_default(),
            default => 0,
        };
    }
    let first = race!(for n in 5..7 => checked(n));
    drop(tx);
    for found in rx {
        n += found;
    }
    n + first.unwrap_or_default()
}

#[vthread]
fn scopes(values: &mut Vec<u32>) -> u32 {
    defer! { yield_now(); }
    let caught = catch_unwind! { called(1) };
    let in_time = timeout!(Duration::from_secs(9) => called(2));
    let kept = shield! { called(3) };
    bind!(REQUEST = 7 => { values.push(REQUEST.get()); });
    let Ok(caught) = caught else { return 0 };
    let task = background! { called(4) };
    caught + in_time.unwrap_or_default() + kept + task.join()
}

#[vthread]
fn closures(numbers: &[u32]) -> Result<u32, Error> {
    let doubled = map_concurrent(numbers.to_vec(), 2, closure!(|n| checked(n)))?;
    let plainly: u32 = numbers.iter().map(|n| called(*n)).sum();
    Ok(doubled.iter().sum::<u32>() + plainly)
}

#[vthread]
fn streams() -> io::Result<usize> {
    let (near, far) = io::duplex(64);
    let mut n_lines = 0;
    group! {
        spawn!(move => {
            let mut near = near;
            for n in 0..3 {
                writeln!(near, "line {n} of {}", called(n))?;
            }
        });
        for line in BufReader::new(far).lines() {
            assert!(line?.starts_with("line"), "of {}", called(1));
            n_lines += 1;
        }
    }?;
    Ok(n_lines)
}

#[vthread]
fn macros() -> String {
    let numbers = vec![called(1), called(2)];
    assert_eq!(called(1), numbers[0], "the first of {numbers:?}");
    debug_assert!(matches!(called(2), 1..=2));
    format!("{} {:?}", called(3), even(4))
}

#[vthread]
fn awaits() -> u32 {
    std::future::ready(1).await + async { 2 }.await
}

fn main() {
    let tree = Tree {
        value: 1,
        below: vec![Tree::default()],
    };
    let stored = Memory(Mutex::new(vec!["a value".to_owned()]));
    let store: &(dyn Store + Sync) = &stored;
    let mut values = Vec::new();
    println!("{} {}", tree.total().block(), tree.is_leaf());
    println!("{:?}", store.load_all(&["a"]).block());
    println!(
        "{:?} {:?}",
        groups(&[1, 2]).map_err(|error| kind(&error)),
        leaves(&[0, 9])
    );
    println!("{} {}", selects(), scopes(&mut values));
    println!("{:?} {:?}", closures(&[1]), streams().ok());
    println!("{} {} {:?}", macros(), awaits(), largest(&[1, 2]));
}

#[cfg(test)]
mod tests {
    use super::called;

    #[vthread::test(virtual_time)]
    fn calls() {
        assert_eq!(called(1), 1);
    }

    #[vthread::test(seeds = 3)]
    fn calls_in_any_order() -> Result<(), String> {
        (called(1) == 1)
            .then_some(())
            .ok_or_else(|| "another".to_owned())
    }
}
