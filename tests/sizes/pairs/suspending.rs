//! As vthread functions.

use std::collections::BTreeMap;
use std::num::ParseIntError;
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
pub(crate) fn leaf(n: u64) -> u64 {
    yield_now();
    n + 1
}

#[vthread]
pub(crate) fn calls_one(n: u64) -> u64 {
    leaf(n) * 2
}

#[vthread]
pub(crate) fn calls_three(n: u64) -> u64 {
    let a = leaf(n);
    let b = leaf(a);
    let c = leaf(a + b);
    a + b + c
}

#[vthread]
pub(crate) fn loops(all: &[u64]) -> u64 {
    let mut sum = 0;
    for n in all {
        sum += leaf(*n);
    }
    sum
}

#[vthread]
pub(crate) fn loops_over_owned(all: Vec<(String, u64)>) -> u64 {
    let mut sum = 0;
    for (name, n) in all {
        sum += leaf(n) * name.len() as u64;
    }
    sum
}

#[vthread]
pub(crate) fn nested_loops(all: &[u64]) -> u64 {
    let mut most = 0;
    for a in all.iter().rev() {
        for b in all.iter().skip(1).filter(|b| *b != a) {
            most = most.max(leaf(a * b));
        }
    }
    most
}

#[vthread]
pub(crate) fn fails_early(text: &str) -> Result<u64, ParseIntError> {
    let n: u64 = text.trim().parse()?;
    let text = leaf(n).to_string();
    let m: u64 = text.parse()?;
    Ok(leaf(m) + n)
}

#[vthread]
pub(crate) fn matches(store: &Store, id: u64) -> u64 {
    match store.load(id) {
        Ok(row) if row.is_empty() => leaf(id),
        Ok(row) => row.len() as u64,
        Err(_) => leaf(leaf(id)),
    }
}

#[vthread]
pub(crate) fn holds_a_buffer(n: u64) -> u64 {
    let mut buffer = [0u8; 512];
    buffer[0] = leaf(n) as u8;
    leaf(2);
    buffer.iter().map(|byte| u64::from(*byte)).sum()
}

#[vthread]
pub(crate) fn takes_a_string(mut text: String) -> String {
    text.push_str("ab");
    let n = leaf(text.len() as u64);
    text.push_str(&n.to_string());
    text
}

#[vthread]
pub(crate) fn builds_text(store: &Store) -> String {
    format!("{} and {}", store.load(1).unwrap_or_default(), leaf(7))
}

#[vthread]
pub(crate) fn chained_calls(store: &Store) -> usize {
    let rows = store.load(1).unwrap_or_default();
    rows.lines().filter(|line| !line.is_empty()).count() + store.load(2).map_or(0, |row| row.len())
}

#[vthread]
pub(crate) fn arguments(store: &Store) -> u64 {
    store.store(leaf(1), leaf(2)) + leaf(leaf(leaf(3)))
}

#[vthread]
pub(crate) fn drops_before(n: u64) -> u64 {
    let length = {
        let text = "x".repeat(n as usize);
        leaf(text.len() as u64)
    };
    leaf(length)
}

#[vthread]
pub(crate) fn generic<L: Load>(from: &L) -> usize {
    let first = from.read(1);
    let second = from.read(2);
    first.len() + second.len()
}

#[vthread]
pub(crate) trait Load: Sync {
    fn read(&self, id: u64) -> String;
}

#[vthread]
impl Load for Store {
    fn read(&self, id: u64) -> String {
        self.load(id).unwrap_or_default()
    }
}

#[derive(Default)]
pub(crate) struct Store {
    rows: BTreeMap<u64, String>,
}

#[vthread]
impl Store {
    pub(crate) fn load(&self, id: u64) -> Result<String, String> {
        leaf(id);
        self.rows
            .get(&id)
            .cloned()
            .ok_or_else(|| format!("no row {id}"))
    }

    pub(crate) fn load_two(&self, a: u64, b: u64) -> Result<String, String> {
        let a = self.load(a)?;
        let b = self.load(b)?;
        Ok([a, b].concat())
    }

    pub(crate) fn store(&self, id: u64, value: u64) -> u64 {
        leaf(id) + value
    }

    pub(crate) fn retries(&self, id: u64) -> Result<String, String> {
        let mut failures = Vec::new();
        loop {
            match self.load(id) {
                Ok(row) => return Ok(row),
                Err(why) if failures.len() < 3 => failures.push(why),
                Err(why) => return Err(why),
            }
            leaf(failures.len() as u64);
        }
    }
}

pub(crate) struct Counter(pub u64);

#[vthread]
impl Counter {
    pub(crate) fn add(&mut self, n: u64) -> u64 {
        self.0 += leaf(n);
        leaf(1);
        self.0
    }
}
