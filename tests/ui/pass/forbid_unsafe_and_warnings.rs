//! A crate of the user's that forbids unsafe code and denies warnings.
#![forbid(unsafe_code)]
#![deny(warnings, unused, clippy::all)]

use std::collections::HashMap;
use std::fmt;
use vthread::{group, plain, spawn, sync::Mutex, vthread};

#[derive(Debug)]
struct Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("error")
    }
}

#[vthread]
fn fetch_url(url: &str) -> Result<String, Error> {
    vthread::yield_now();
    if url.is_empty() { Err(Error) } else { Ok(url.to_uppercase()) }
}

#[vthread]
fn download_all(urls: &[String]) -> Result<HashMap<String, String>, Error> {
    let results = Mutex::new(HashMap::new());
    group! {
        for url in urls {
            spawn! {
                let body = fetch_url(url)?;
                results.lock().insert(url.clone(), body);
            }
        }
    }?;
    Ok(results.into_inner())
}

struct Counter(Mutex<u32>);

#[vthread]
impl Counter {
    #[plain]
    fn new() -> Self {
        Counter(Mutex::new(0))
    }

    fn add(&self, n: u32) -> u32 {
        let mut total = self.0.lock();
        *total += n;
        *total
    }
}

#[vthread]
fn sum(numbers: &[u32]) -> u32 {
    if numbers.len() < 2 {
        return numbers.iter().sum();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    group! {
        let left = spawn! { sum(left) };
        let right = sum(right);
        left.join() + right
    }
}

fn main() {
    let urls = ["a".to_owned(), "b".to_owned()];
    assert_eq!(download_all(&urls).unwrap().len(), 2);
    assert!(download_all(&[String::new()]).is_err());
    let counter = Counter::new();
    group! {
        for n in 0..4 {
            let counter = &counter;
            spawn! { counter.add(n); }
        }
    }
    assert_eq!(counter.add(0).block(), 6);
    assert_eq!(sum(&[1, 2, 3, 4]), 10);
}
