//! A program with a bit of everything, as a careful user writes it: nothing to complain about, also
//! under the pedantic lints.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;
use vthread::sync::{Mutex, Receiver, Semaphore, Sender, channel};
use vthread::time::sleep;
use vthread::{prelude::*, yield_now};

/// What can go wrong.
#[derive(Debug)]
pub enum Error {
    /// There is no such page.
    Missing(String),
    /// It took too long.
    Late,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Missing(path) => write!(f, "{path} is missing"),
            Error::Late => f.write_str("too late"),
        }
    }
}

impl std::error::Error for Error {}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    path: String,
    words: Vec<String>,
}

/// Where pages come from.
#[vthread]
pub trait Source {
    /// Fetches one.
    ///
    /// # Errors
    /// If it is missing.
    fn fetch(&self, path: &str) -> Result<Page, Error>;

    /// How many words it has.
    ///
    /// # Errors
    /// If it is missing.
    fn count(&self, path: &str) -> Result<usize, Error> {
        let page = self.fetch(path)?;
        Ok(page.words.len())
    }
}

/// Pages in memory.
#[derive(Debug)]
pub struct Memory {
    pages: Mutex<HashMap<String, Page>>,
    permits: Semaphore,
}

#[vthread]
impl Memory {
    /// With so many readers at a time.
    #[plain]
    #[must_use]
    pub fn new(readers: usize) -> Self {
        Memory {
            pages: Mutex::new(HashMap::new()),
            permits: Semaphore::new(readers),
        }
    }

    /// Puts a page in, and gives the one that was there.
    pub fn store(&self, page: Page) -> Option<Page> {
        let _permit = self.permits.acquire();
        let mut pages = self.pages.lock();
        pages.insert(page.path.clone(), page)
    }

    /// All paths, in order.
    pub fn paths(&self) -> Vec<String> {
        let pages = self.pages.lock();
        let mut paths: Vec<_> = pages.keys().cloned().collect();
        paths.sort();
        paths
    }
}

#[vthread]
impl Source for Memory {
    fn fetch(&self, path: &str) -> Result<Page, Error> {
        let _permit = self.permits.acquire();
        match self.pages.lock().get(path) {
            Some(page) => Ok(page.clone()),
            None => Err(Error::Missing(path.to_owned())),
        }
    }
}

/// A source by name.
#[vthread(dyn)]
pub trait Named {
    /// Its name.
    fn title(&self) -> String;
}

#[vthread(dyn)]
impl Named for Memory {
    fn title(&self) -> String {
        let n_pages = self.pages.lock().len();
        format!("memory of {n_pages} pages")
    }
}

/// What all of them are called.
#[must_use]
#[vthread]
pub fn titles(sources: &[Box<dyn Named + Send + Sync>]) -> Vec<String> {
    let mut titles = Vec::with_capacity(sources.len());
    for source in sources {
        titles.push(source.title());
    }
    titles
}

/// Words of all pages, in parallel.
///
/// # Errors
/// The first that is missing.
#[vthread]
pub fn all_words<S: Source + Sync>(source: &S, paths: &[String]) -> Result<usize, Error> {
    let total = Mutex::new(0);
    group! {
        for path in paths {
            spawn! {
                let n = source.count(path)?;
                *total.lock() += n;
            }
        }
    }?;
    Ok(total.into_inner())
}

/// The first page, or the reason why there is none.
///
/// # Errors
/// If it is missing or late.
#[vthread]
pub fn first(source: &impl Source, paths: &[String], patience: Duration) -> Result<Page, Error> {
    let Some(path) = paths.first() else {
        return Ok(Page::default());
    };
    let found = timeout!(patience => source.fetch(path));
    match found {
        Ok(page) => page,
        Err(_) => Err(Error::Late),
    }
}

#[vthread]
fn produce(numbers: &Sender<u64>, up_to: u64) {
    for n in (0..up_to).filter(|n| n % 2 == 0) {
        if numbers.send(n).is_err() {
            break;
        }
    }
}

#[vthread]
fn consume(numbers: &Receiver<u64>, stop: &Receiver<()>) -> u64 {
    let mut sum = 0;
    loop {
        select! {
            n = numbers.recv() => match n {
                Ok(n) => sum += n,
                Err(_) => break,
            },
            _ = stop.recv() => break,
        }
    }
    sum
}

/// A producer and a consumer.
#[must_use]
#[vthread]
pub fn pipeline(up_to: u64) -> u64 {
    let (numbers, from) = channel(4);
    let (_keep, stop) = channel(1);
    group!(name = "pipeline" => {
        spawn!(move => { produce(&numbers, up_to) });
        let sum = spawn!(name = "consumer" => { consume(&from, &stop) });
        sum.join()
    })
}

/// A lock of std, which is free again before anything suspends.
///
/// # Panics
/// If someone panicked with the lock.
#[must_use]
#[vthread]
pub fn next_number(counter: &std::sync::Mutex<u64>) -> u64 {
    let n = {
        let mut counter = counter.lock().expect("it is not poisoned");
        *counter += 1;
        *counter
    };
    yield_now();
    n
}

/// Depth-first, as deep as you like.
#[must_use]
#[vthread]
pub fn depth(n: u32) -> u32 {
    yield_now();
    if n == 0 { 0 } else { 1 + depth(n - 1) }
}

/// Something to be done whatever happens.
///
/// # Errors
/// If a name is missing.
#[vthread]
pub fn with_cleanup(memory: &Memory, names: &mut Vec<String>) -> Result<(), Error> {
    defer! { sleep(Duration::from_millis(1)); }
    'names: for name in names.drain(..) {
        let page = loop {
            match memory.fetch(&name) {
                Ok(page) if page.words.is_empty() => continue 'names,
                Ok(page) => break page,
                Err(error @ Error::Missing(_)) => return Err(error),
                Err(Error::Late) => yield_now(),
            }
        };
        shield! {
            memory.store(page);
        }
    }
    Ok(())
}

/// Closures are plain code: calls in them block.
#[vthread]
pub fn lengths(memory: &Memory) -> Vec<usize> {
    let paths = memory.paths();
    paths
        .iter()
        .map(|path| memory.count(path).unwrap_or_default())
        .collect()
}

/// Sums halves in parallel.
#[must_use]
#[vthread]
pub fn parallel_sum(numbers: &[u64]) -> u64 {
    if numbers.len() < 1024 {
        return numbers.iter().sum();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    group! {
        let left = spawn! { parallel_sum(left) };
        let right = parallel_sum(right);
        left.join() + right
    }
}

/// It goes on until it is cancelled.
#[vthread]
#[allow(unconditional_recursion)]
pub fn again_and_again(n: u32) {
    yield_now();
    again_and_again(n.wrapping_add(1));
}

fn main() {
    let memory = Memory::new(2);
    memory.store(Page::default()).block();
    let paths = memory.paths().block();
    println!("{:?}", all_words(&memory, &paths));
    println!("{:?}", first(&memory, &paths, Duration::from_secs(1)));
    println!("{:?}", with_cleanup(&memory, &mut vec![String::new()]));
    println!("{}", next_number(&std::sync::Mutex::new(0)));
    println!("{} {} {}", pipeline(10), depth(10), parallel_sum(&[1, 2]));
    println!("{:?} {:?}", lengths(&memory), titles(&[Box::new(memory)]));
}
