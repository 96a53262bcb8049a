//! Functions that the programs of several files here call: they suspend, and may fail.

use std::fmt;
use std::io;
use vthread::prelude::*;
use vthread::yield_now;

/// The error of the programs here.
#[derive(Debug, PartialEq)]
pub(super) struct Error(pub(super) String);

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error(error.to_string())
    }
}

impl From<std::num::ParseIntError> for Error {
    fn from(error: std::num::ParseIntError) -> Self {
        Error(error.to_string())
    }
}

impl From<&str> for Error {
    fn from(error: &str) -> Self {
        Error(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Suspends, then fails for names that begin with `bad`.
#[vthread]
pub(super) fn fetch(name: &str) -> io::Result<String> {
    yield_now();
    if name.starts_with("bad") {
        Err(io::Error::other(format!("no {name}")))
    } else {
        Ok(format!("<{name}>"))
    }
}

pub(super) fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("u{i}")).collect()
}

/// Sorted, since children run in parallel.
pub(super) fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}
