//! A buffer in memory with a position.

use super::{IoSlice, IoSliceMut, Result, SeekFrom};
use futures_io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
use std::io::{self, BufRead, Read, Seek, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A buffer in memory with a position, to be read, written and moved about in. As
/// [`std::io::Cursor`].
///
/// It is a type of its own, since std's has the traits of std only. It never waits.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::{Cursor, Read, Seek, Write};
///
/// let mut cursor = Cursor::new(Vec::new());
/// // In #[vthread] code: cursor.write_all(b"words")?
/// Write::write_all(&mut cursor, b"words").block()?;
/// cursor.set_position(1);
/// let mut text = String::new();
/// Read::read_to_string(&mut cursor, &mut text).block()?;
/// assert_eq!((text.as_str(), cursor.position()), ("ords", 5));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor<T> {
    cursor: io::Cursor<T>,
}

impl<T> Cursor<T> {
    /// At the beginning of `buffer`.
    pub const fn new(buffer: T) -> Self {
        Cursor {
            cursor: io::Cursor::new(buffer),
        }
    }

    /// Returns the buffer.
    pub fn into_inner(self) -> T {
        self.cursor.into_inner()
    }

    /// Returns the buffer.
    pub const fn get_ref(&self) -> &T {
        self.cursor.get_ref()
    }

    /// Returns the buffer.
    pub const fn get_mut(&mut self) -> &mut T {
        self.cursor.get_mut()
    }

    /// Returns the position.
    pub const fn position(&self) -> u64 {
        self.cursor.position()
    }

    /// Moves to a position.
    pub const fn set_position(&mut self, position: u64) {
        self.cursor.set_position(position);
    }
}

impl<T> From<io::Cursor<T>> for Cursor<T> {
    fn from(cursor: io::Cursor<T>) -> Self {
        Cursor { cursor }
    }
}

impl<T> From<Cursor<T>> for io::Cursor<T> {
    fn from(cursor: Cursor<T>) -> Self {
        cursor.cursor
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncRead for Cursor<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<Result<usize>> {
        Poll::Ready(self.cursor.read(buf))
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
    ) -> Poll<Result<usize>> {
        Poll::Ready(self.cursor.read_vectored(bufs))
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncBufRead for Cursor<T> {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<&[u8]>> {
        Poll::Ready(self.get_mut().cursor.fill_buf())
    }

    fn consume(mut self: Pin<&mut Self>, n: usize) {
        self.cursor.consume(n);
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncSeek for Cursor<T> {
    fn poll_seek(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        position: SeekFrom,
    ) -> Poll<Result<u64>> {
        Poll::Ready(self.cursor.seek(position))
    }
}

impl<T: Unpin> AsyncWrite for Cursor<T>
where
    io::Cursor<T>: Write,
{
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<Result<usize>> {
        Poll::Ready(self.cursor.write(buf))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Poll::Ready(self.cursor.write_vectored(bufs))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl<T: AsRef<[u8]>> Read for Cursor<T> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.cursor.read(buf)
    }
}

impl<T: AsRef<[u8]>> BufRead for Cursor<T> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.cursor.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.cursor.consume(n);
    }
}

impl<T: AsRef<[u8]>> Seek for Cursor<T> {
    fn seek(&mut self, position: SeekFrom) -> Result<u64> {
        self.cursor.seek(position)
    }
}

impl<T> Write for Cursor<T>
where
    io::Cursor<T>: Write,
{
    fn write(&mut self, buf: &[u8]) -> Result<usize> {
        self.cursor.write(buf)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
