//! The lines and the parts of a source.

use super::in_place::in_place;
use super::steps::steps;
use super::{BufRead, Result};

/// The lines of a source, without their ends, returned by
/// [`BufRead::lines`](super::BufRead::lines).
///
/// `for` suspends in vthread code. As an `Iterator`, in plain code and under an adapter, each step
/// blocks.
///
/// # Cancellation
/// A cancelled step has not taken a line: the next one takes it whole, if the source is a
/// [`BufReader`](super::BufReader). From others the beginning of the line that was read is kept
/// too.
#[derive(Debug)]
pub struct Lines<B> {
    source: B,
    /// The beginning of a line that a cancelled step has left.
    line: String,
}

/// The parts of a source between each of a certain byte, returned by
/// [`BufRead::split`](super::BufRead::split).
///
/// `for` suspends in vthread code. As an `Iterator`, in plain code and under an adapter, each step
/// blocks.
///
/// # Cancellation
/// A cancelled step has not taken a part: the next one takes it whole.
#[derive(Debug)]
pub struct Split<B> {
    source: B,
    delimiter: u8,
    /// The beginning of a line that a cancelled step has left.
    part: Vec<u8>,
}

impl<B> Lines<B> {
    pub(super) fn of(source: B) -> Self {
        Lines {
            source,
            line: String::new(),
        }
    }
}

impl<B> Split<B> {
    pub(super) fn of(source: B, delimiter: u8) -> Self {
        Split {
            source,
            delimiter,
            part: Vec::new(),
        }
    }
}

impl<B: BufRead> Lines<B> {
    async fn step(&mut self) -> Option<Result<String>> {
        if let Err(error) = in_place(self.source.read_line(&mut self.line)).await {
            return Some(Err(error));
        }
        let mut line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return None;
        }
        if line.ends_with('\n') {
            line.pop();
            if line.ends_with('\r') {
                line.pop();
            }
        }
        Some(Ok(line))
    }
}

impl<B: BufRead> Split<B> {
    async fn step(&mut self) -> Option<Result<Vec<u8>>> {
        let reading = self.source.read_until(self.delimiter, &mut self.part);
        if let Err(error) = in_place(reading).await {
            return Some(Err(error));
        }
        let mut part = std::mem::take(&mut self.part);
        if part.is_empty() {
            return None;
        }
        if part.last() == Some(&self.delimiter) {
            part.pop();
        }
        Some(Ok(part))
    }
}

steps! { Lines<B: BufRead> -> Result<String>, LineSteps }
steps! { Split<B: BufRead> -> Result<Vec<u8>>, PartSteps }
