//! Our streams for hyper, and hyper's for us.

use ::hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use futures_io::{AsyncRead, AsyncWrite};
use std::cell::Cell;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The most that one read brings.
const READ_LEN: usize = 16 * 1024;

thread_local! {
    /// Where a read lands first: hyper's own buffer is uninitialised memory, which only `unsafe`
    /// code could pass to a reader. A poll takes it and puts it back.
    static LANDING: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// A stream with both kinds of traits: those of hyper where `S` has those of `futures-io`, as all
/// streams of [`vthread::net`](crate::net) do, and the other way round.
///
/// The latter is for connections that hyper gives away (`hyper::upgrade`): an `Io<Upgraded>` has
/// [`vthread::io::{Read, Write}`](crate::io).
///
/// # Suspends
/// As `S` does.
///
/// # Cancellation
/// As with `S`.
#[derive(Debug)]
pub struct Io<S> {
    stream: S,
    /// Bytes that were read already and come first.
    head: Vec<u8>,
}

impl<S> Io<S> {
    /// Wraps a stream.
    pub fn new(stream: S) -> Self {
        Io {
            stream,
            head: Vec::new(),
        }
    }

    /// The stream.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// The stream.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// The stream.
    pub fn into_inner(self) -> S {
        self.stream
    }

    /// The next reads bring these bytes.
    pub(super) fn unread(&mut self, head: Vec<u8>) {
        self.head = head;
    }
}

impl<S: AsyncRead + Unpin> Read for Io<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut cursor: ReadBufCursor<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        if !this.head.is_empty() {
            let n = this.head.len().min(cursor.remaining());
            cursor.put_slice(&this.head[..n]);
            this.head.drain(..n);
            return Poll::Ready(Ok(()));
        }
        let room = cursor.remaining().min(READ_LEN);
        let landing = LANDING.try_with(Cell::take).ok().flatten();
        let mut landing = landing.unwrap_or_else(|| vec![0; READ_LEN].into());
        let polled = Pin::new(&mut this.stream).poll_read(cx, &mut landing[..room]);
        if let Poll::Ready(Ok(n)) = polled {
            cursor.put_slice(&landing[..n]);
        }
        let _ = LANDING.try_with(|place| place.set(Some(landing)));
        polled.map_ok(drop)
    }
}

impl<S: AsyncWrite + Unpin> Write for Io<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_close(cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }
}

impl<S: Read + Unpin> AsyncRead for Io<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &mut [u8],
    ) -> Poll<Result<usize>> {
        let mut buf = ReadBuf::new(bytes);
        ready!(Pin::new(&mut self.get_mut().stream).poll_read(cx, buf.unfilled()))?;
        Poll::Ready(Ok(buf.filled().len()))
    }
}

impl<S: Write + Unpin> AsyncWrite for Io<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
