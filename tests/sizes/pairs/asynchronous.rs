//! As `async` functions over a plain future.

use std::collections::BTreeMap;
use std::num::ParseIntError;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) async fn leaf(n: u64) -> u64 {
    Paused(false).await;
    n + 1
}

pub(crate) async fn calls_one(n: u64) -> u64 {
    leaf(n).await * 2
}

pub(crate) async fn calls_three(n: u64) -> u64 {
    let a = leaf(n).await;
    let b = leaf(a).await;
    let c = leaf(a + b).await;
    a + b + c
}

pub(crate) async fn loops(all: &[u64]) -> u64 {
    let mut sum = 0;
    for n in all {
        sum += leaf(*n).await;
    }
    sum
}

pub(crate) async fn loops_over_owned(all: Vec<(String, u64)>) -> u64 {
    let mut sum = 0;
    for (name, n) in all {
        sum += leaf(n).await * name.len() as u64;
    }
    sum
}

pub(crate) async fn nested_loops(all: &[u64]) -> u64 {
    let mut most = 0;
    for a in all.iter().rev() {
        for b in all.iter().skip(1).filter(|b| *b != a) {
            most = most.max(leaf(a * b).await);
        }
    }
    most
}

pub(crate) async fn fails_early(text: &str) -> Result<u64, ParseIntError> {
    let n: u64 = text.trim().parse()?;
    let text = leaf(n).await.to_string();
    let m: u64 = text.parse()?;
    Ok(leaf(m).await + n)
}

pub(crate) async fn matches(store: &Store, id: u64) -> u64 {
    match store.load(id).await {
        Ok(row) if row.is_empty() => leaf(id).await,
        Ok(row) => row.len() as u64,
        Err(_) => leaf(leaf(id).await).await,
    }
}

pub(crate) async fn holds_a_buffer(n: u64) -> u64 {
    let mut buffer = [0u8; 512];
    buffer[0] = leaf(n).await as u8;
    leaf(2).await;
    buffer.iter().map(|byte| u64::from(*byte)).sum()
}

pub(crate) async fn takes_a_string(mut text: String) -> String {
    text.push_str("ab");
    let n = leaf(text.len() as u64).await;
    text.push_str(&n.to_string());
    text
}

pub(crate) async fn builds_text(store: &Store) -> String {
    format!(
        "{} and {}",
        store.load(1).await.unwrap_or_default(),
        leaf(7).await
    )
}

pub(crate) async fn chained_calls(store: &Store) -> usize {
    let rows = store.load(1).await.unwrap_or_default();
    rows.lines().filter(|line| !line.is_empty()).count()
        + store.load(2).await.map_or(0, |row| row.len())
}

pub(crate) async fn arguments(store: &Store) -> u64 {
    store.store(leaf(1).await, leaf(2).await).await + leaf(leaf(leaf(3).await).await).await
}

pub(crate) async fn drops_before(n: u64) -> u64 {
    let length = {
        let text = "x".repeat(n as usize);
        leaf(text.len() as u64).await
    };
    leaf(length).await
}

pub(crate) async fn generic<L: Load>(from: &L) -> usize {
    let first = from.read(1).await;
    let second = from.read(2).await;
    first.len() + second.len()
}

#[allow(async_fn_in_trait)]
pub(crate) trait Load: Sync {
    async fn read(&self, id: u64) -> String;
}

impl Load for Store {
    async fn read(&self, id: u64) -> String {
        self.load(id).await.unwrap_or_default()
    }
}

#[derive(Default)]
pub(crate) struct Store {
    rows: BTreeMap<u64, String>,
}

impl Store {
    pub(crate) async fn load(&self, id: u64) -> Result<String, String> {
        leaf(id).await;
        self.rows
            .get(&id)
            .cloned()
            .ok_or_else(|| format!("no row {id}"))
    }

    pub(crate) async fn load_two(&self, a: u64, b: u64) -> Result<String, String> {
        let a = self.load(a).await?;
        let b = self.load(b).await?;
        Ok([a, b].concat())
    }

    pub(crate) async fn store(&self, id: u64, value: u64) -> u64 {
        leaf(id).await + value
    }

    pub(crate) async fn retries(&self, id: u64) -> Result<String, String> {
        let mut failures = Vec::new();
        loop {
            match self.load(id).await {
                Ok(row) => return Ok(row),
                Err(why) if failures.len() < 3 => failures.push(why),
                Err(why) => return Err(why),
            }
            leaf(failures.len() as u64).await;
        }
    }
}

pub(crate) struct Counter(pub u64);

impl Counter {
    pub(crate) async fn add(&mut self, n: u64) -> u64 {
        self.0 += leaf(n).await;
        leaf(1).await;
        self.0
    }
}

/// Suspends once. It has the size of the library's own.
struct Paused(bool);

impl Future for Paused {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
