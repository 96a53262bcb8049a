//! The first bytes of a source.

use crate::io::erased::IoFrame;
use crate::io::frames::ReadFrames;
use crate::io::in_place::in_place;
use crate::io::operations::{Filling, IoCall, Reading};
use crate::io::{BufRead, Read, Result};
use crate::task::current::checkpoint;
use std::future::poll_fn;

/// The first bytes of a source, returned by [`Read::take`](crate::io::Read::take).
#[derive(Debug)]
pub struct Take<R> {
    source: R,
    limit: u64,
}

impl<R> Take<R> {
    pub(crate) fn of(source: R, limit: u64) -> Self {
        Take { source, limit }
    }

    /// Returns how many bytes may still be read, if the source has them.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Lets so many bytes be read from now on.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Returns the source.
    pub fn into_inner(self) -> R {
        self.source
    }

    /// Returns the source. Bytes read from it do not count.
    pub fn get_ref(&self) -> &R {
        &self.source
    }

    /// Returns the source. Bytes read from it do not count.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// So many of `n` bytes are within the limit.
    fn within(&self, n: usize) -> usize {
        usize::try_from(self.limit).map_or(n, |limit| n.min(limit))
    }
}

impl<R: Read> ReadFrames for Take<R> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        let n = self.within(buf.len());
        if n == 0 {
            poll_fn(checkpoint).await;
            return Ok(0);
        }
        let n = in_place(self.source.read(&mut buf[..n])).await?;
        self.limit = self.limit.saturating_sub(n as u64);
        Ok(n)
    }
}

impl<R: BufRead> Take<R> {
    async fn fill(&mut self) -> Result<&[u8]> {
        if self.limit == 0 {
            poll_fn(checkpoint).await;
            return Ok(&[]);
        }
        let limit = self.within(usize::MAX);
        let available = in_place(self.source.fill_buf()).await?;
        Ok(&available[..available.len().min(limit)])
    }
}

impl<R: Read> Read for Take<R> {
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, usize, Reading<'a>> {
        IoFrame::boxed(async move { self.read_frame(buf).await })
    }
}

impl<R: BufRead> BufRead for Take<R> {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        IoFrame::boxed(self.fill())
    }

    fn consume(&mut self, n: usize) {
        let n = self.within(n);
        self.limit -= n as u64;
        self.source.consume(n);
    }
}
