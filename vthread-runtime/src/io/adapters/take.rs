//! The first bytes of a source.

use crate::io::erased::IoFrame;
use crate::io::frames::{ReadFrames, SeekFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::operations::{Filling, IoCall, Reading};
use crate::io::{BufRead, ErrorKind, Read, Result, Seek, SeekFrom};
use crate::task::current::checkpoint;
use std::future::poll_fn;

/// The first bytes of a source, returned by [`Read::take`](crate::io::Read::take).
#[derive(Debug)]
pub struct Take<R> {
    source: R,
    /// How many bytes are left.
    limit: u64,
    /// How many there were at position 0.
    length: u64,
}

impl<R> Take<R> {
    pub(crate) fn of(source: R, limit: u64) -> Self {
        Take {
            source,
            limit,
            length: limit,
        }
    }

    /// Returns how many bytes may still be read, if the source has them.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Lets so many bytes be read from now on.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
        self.length = limit;
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

/// Positions are counted from where the limit was set, up to the limit.
///
/// Cancelled while the source moves, the source may be elsewhere, which the limit does not know.
impl<R: Seek> SeekFrames for Take<R> {
    async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
        let here = self.length - self.limit;
        let there = match position {
            SeekFrom::Start(n) => Some(n),
            SeekFrom::Current(n) => here.checked_add_signed(n),
            SeekFrom::End(n) => self.length.checked_add_signed(n),
        };
        let there = there.filter(|there| *there <= self.length);
        let there = there.ok_or(ErrorKind::InvalidInput)?;
        let mut distance = i128::from(there) - i128::from(here);
        loop {
            let step = distance.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
            in_place(self.source.seek_relative(step)).await?;
            self.limit = self.limit.wrapping_sub(step as u64);
            distance -= i128::from(step);
            if distance == 0 {
                return Ok(there);
            }
        }
    }

    async fn stream_position_frame(&mut self) -> Result<u64> {
        poll_fn(checkpoint).await;
        Ok(self.length - self.limit)
    }
}

io_by_frames!([R: Seek] Take<R>: Seek);

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
