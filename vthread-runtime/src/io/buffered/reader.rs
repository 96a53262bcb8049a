//! A source with a buffer.

use super::CAPACITY;
use super::buffer::Buffer;
use crate::io::erased::IoFrame;
use crate::io::frames::buf_read::find;
use crate::io::frames::read::not_utf8;
use crate::io::frames::{ReadFrames, SeekFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::inherent::inherent_io;
use crate::io::operations::{Filling, IoCall, ReadingOn};
use crate::io::{BufRead, ErrorKind, Lines, Read, Result, Seek, SeekFrom, Split};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use crate::task::taking::turn;
use std::fmt;
use std::future::{Future, poll_fn};

/// A source with a buffer, which takes much from it at once. As [`std::io::BufReader`].
///
/// # Cancellation
/// The bytes read ahead stay in the buffer. A cancelled `read_line` or `read_until`, or a step of
/// `lines`, has not happened: what there is of the line stays in the buffer too, which grows for
/// it, and the next one has all of it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::BufReader;
///
/// let mut reader = BufReader::new(&b"one\ntwo\n"[..]);
/// let mut line = String::new();
/// reader.read_line(&mut line).block()?; // In #[vthread] code: reader.read_line(&mut line)?
/// assert_eq!(line, "one\n");
/// // Suspends between the lines in #[vthread] code.
/// for line in reader.lines() {
///     assert_eq!(line?, "two");
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BufReader<R> {
    buffer: Buffer,
    source: R,
}

impl<R> BufReader<R> {
    /// A buffer of 8 KiB around `source`. It takes memory from the first read on.
    pub fn new(source: R) -> Self {
        BufReader::with_capacity(CAPACITY, source)
    }

    /// A buffer of `capacity` bytes around `source`.
    pub fn with_capacity(capacity: usize, source: R) -> Self {
        BufReader {
            buffer: Buffer::with_capacity(capacity),
            source,
        }
    }

    /// Returns the source.
    pub fn get_ref(&self) -> &R {
        &self.source
    }

    /// Returns the source. Bytes read from it are missing here.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// Returns the bytes read ahead.
    pub fn buffer(&self) -> &[u8] {
        self.buffer.unread()
    }

    /// Returns how many bytes the buffer holds.
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Returns the source. The bytes read ahead are lost.
    pub fn into_inner(self) -> R {
        self.source
    }

    /// Takes so many bytes of the buffer for read.
    pub fn consume(&mut self, n: usize) {
        self.buffer.consume(n);
    }
}

impl<R: Read> BufReader<R> {
    /// Returns the lines, without their ends: `for line in reader.lines()` suspends. See
    /// [`BufRead::lines`].
    pub fn lines(self) -> Lines<Self> {
        BufRead::lines(self)
    }

    /// The parts between each `byte`. See [`BufRead::split`].
    pub fn split(self, byte: u8) -> Split<Self> {
        BufRead::split(self, byte)
    }

    /// Returns the contents of the buffer, which is filled first if it is empty. No bytes mean the
    /// end.
    ///
    /// The method [`BufRead::fill_buf`] describes where it suspends, the effect of a cancellation,
    /// and the errors.
    pub fn fill_buf(&mut self) -> Call<Result<&[u8]>, impl Future<Output = Result<&[u8]>> + Send> {
        Call::leaf(self.filled())
    }

    async fn filled(&mut self) -> Result<&[u8]> {
        poll_fn(checkpoint).await;
        if self.buffer.is_empty() {
            self.more().await?;
        }
        Ok(self.buffer.unread())
    }

    /// Reads once more, behind what is there.
    async fn more(&mut self) -> Result<usize> {
        let n = in_place(self.source.read(self.buffer.room())).await?;
        self.buffer.fill(n);
        Ok(n)
    }

    /// Reads everything up to and with the first `byte`, or to the end, into the buffer, and
    /// returns the number of bytes.
    async fn has_until(&mut self, byte: u8) -> Result<usize> {
        poll_fn(checkpoint).await;
        let mut searched = 0;
        loop {
            let unread = self.buffer.unread();
            if let Some(n) = find(byte, &unread[searched..]) {
                return Ok(searched + n);
            }
            searched = unread.len();
            match self.more().await {
                Ok(0) => return Ok(searched),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn until(&mut self, byte: u8, buf: &mut Vec<u8>) -> Result<usize> {
        let n = self.has_until(byte).await?;
        turn().await;
        buf.extend_from_slice(&self.buffer.unread()[..n]);
        self.buffer.consume(n);
        Ok(n)
    }

    async fn line(&mut self, buf: &mut String) -> Result<usize> {
        let n = self.has_until(b'\n').await?;
        turn().await;
        let line = str::from_utf8(&self.buffer.unread()[..n]).map(|line| buf.push_str(line));
        self.buffer.consume(n);
        line.map(|()| n).map_err(|_| not_utf8())
    }

    /// Reads up to and with the first `byte`, or to the end, appends it to `buf`, and returns the
    /// number of bytes.
    ///
    /// The method [`BufRead::read_until`] describes where it suspends, the effect of a
    /// cancellation, and the errors.
    pub fn read_until(
        &mut self,
        byte: u8,
        buf: &mut Vec<u8>,
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(self.until(byte, buf))
    }

    /// Reads a line with its end, or what is left, appends it to `buf`, and returns the number of
    /// bytes. 0 means the end.
    ///
    /// The method [`BufRead::read_line`] describes where it suspends, the effect of a cancellation,
    /// and the errors.
    pub fn read_line(
        &mut self,
        buf: &mut String,
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(self.line(buf))
    }
}

impl<R: Read> ReadFrames for BufReader<R> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.buffer.is_empty() && buf.len() >= self.buffer.capacity() {
            return in_place(self.source.read(buf)).await;
        }
        self.filled().await?;
        turn().await;
        let available = self.buffer.unread();
        let n = available.len().min(buf.len());
        buf[..n].copy_from_slice(&available[..n]);
        self.buffer.consume(n);
        Ok(n)
    }
}

impl<R: Seek> SeekFrames for BufReader<R> {
    async fn seek_frame(&mut self, position: SeekFrom) -> Result<u64> {
        let ahead = self.buffer.unread().len() as i64;
        let position = match position {
            SeekFrom::Current(offset) => SeekFrom::Current(offset.saturating_sub(ahead)),
            other => other,
        };
        let now = in_place(self.source.seek(position)).await?;
        self.buffer.clear();
        Ok(now)
    }

    async fn stream_position_frame(&mut self) -> Result<u64> {
        let ahead = self.buffer.unread().len() as u64;
        let of_source = in_place(self.source.stream_position()).await?;
        Ok(of_source.saturating_sub(ahead))
    }

    async fn seek_relative_frame(&mut self, offset: i64) -> Result<()> {
        let distance = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        let is_ahead = offset >= 0 && distance <= self.buffer.unread().len();
        if is_ahead || (offset < 0 && self.buffer.unconsume(distance)) {
            if is_ahead {
                self.buffer.consume(distance);
            }
            poll_fn(checkpoint).await;
            return Ok(());
        }
        self.seek_frame(SeekFrom::Current(offset)).await.map(drop)
    }
}

impl<R: Read> BufRead for BufReader<R> {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        if self.buffer.is_empty() {
            return IoFrame::boxed(self.filled());
        }
        IoFrame::ready(Ok(self.buffer.unread()))
    }

    fn consume(&mut self, n: usize) {
        self.buffer.consume(n);
    }

    fn read_until<'a>(
        &'a mut self,
        byte: u8,
        buf: &'a mut Vec<u8>,
    ) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.until(byte, buf))
    }

    fn read_line<'a>(&'a mut self, buf: &'a mut String) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.line(buf))
    }
}

io_by_frames!([R: Read] BufReader<R>: Read);
io_by_frames!([R: Seek] BufReader<R>: Seek);
inherent_io!([R: Read] [R] BufReader<R>: Read);
inherent_io!([R: Seek] [R] BufReader<R>: Seek);

impl<R: fmt::Debug> fmt::Debug for BufReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufReader")
            .field("reader", &self.source)
            .field(
                "buffer",
                &format_args!("{}/{}", self.buffer().len(), self.capacity()),
            )
            .finish()
    }
}
