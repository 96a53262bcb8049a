//! A file that the reactor watches: Windows has none.

use std::fs;
use std::io::{self, SeekFrom};
use std::sync::Arc;

/// A file that reports when it is ready.
#[derive(Debug)]
pub(super) enum Stream {}

impl Stream {
    pub(super) fn file(&self) -> &Arc<fs::File> {
        match *self {}
    }

    pub(super) async fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        match *self {}
    }

    pub(super) async fn write(&self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }

    pub(super) async fn flush(&self) -> io::Result<()> {
        match *self {}
    }

    pub(super) async fn seek(&self, _: SeekFrom) -> io::Result<u64> {
        match *self {}
    }
}
