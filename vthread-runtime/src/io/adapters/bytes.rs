//! The bytes of a source, one by one.

use crate::io::in_place::in_place;
use crate::io::steps::steps;
use crate::io::{ErrorKind, Read, Result};

/// The bytes of a source, one by one, returned by [`Read::bytes`](crate::io::Read::bytes).
///
/// `for` suspends in vthread code. As an `Iterator`, in plain code and under an adapter, each step
/// blocks.
#[derive(Debug)]
pub struct Bytes<R> {
    source: R,
}

impl<R> Bytes<R> {
    pub(crate) fn of(source: R) -> Self {
        Bytes { source }
    }
}

impl<R: Read> Bytes<R> {
    async fn step(&mut self) -> Option<Result<u8>> {
        let mut byte = [0];
        loop {
            return match in_place(self.source.read(&mut byte)).await {
                Ok(0) => None,
                Ok(_) => Some(Ok(byte[0])),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Some(Err(error)),
            };
        }
    }
}

steps! { Bytes<R: Read> -> Result<u8>, ByteSteps }
