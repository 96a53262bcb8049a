//! From one stream to another.

use super::in_place::in_place;
use super::{ErrorKind, Read, Result, Write};
use crate::task::call::vthread_fn;
use futures_io::{AsyncRead, AsyncWrite};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How many bytes are on their way at once, in each direction.
const AT_ONCE: usize = 8 * 1024;

vthread_fn! {
    /// Copies `reader` to its end to `writer`, and returns the number of bytes. As
    /// [`std::io::copy`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until `reader` has ended and everything is written.
    ///
    /// # Cancellation
    /// Up to 8 KiB may have been read that are not written.
    ///
    /// # Errors
    /// The error of either. How much was written is not known.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::io;
    ///
    /// let mut sink = Vec::new();
    /// assert_eq!(io::copy(&mut &b"words"[..], &mut sink)?, 5);
    /// assert_eq!(sink, b"words");
    /// # Ok::<(), io::Error>(())
    /// ```
    pub fn copy = __vthread_copy [R: Read + ?Sized, W: Write + ?Sized](reader: &mut R, writer: &mut W) -> Result<u64>
        => impl Future<Output = Result<u64>> + Send { copied(reader, writer) }
}

async fn copied<R: Read + ?Sized, W: Write + ?Sized>(
    reader: &mut R,
    writer: &mut W,
) -> Result<u64> {
    let mut buf = vec![0; AT_ONCE];
    let mut total = 0;
    loop {
        match in_place(reader.read(&mut buf)).await {
            Ok(0) => return Ok(total),
            Ok(n) => {
                in_place(writer.write_all(&buf[..n])).await?;
                total += n as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

vthread_fn! {
    /// Reads `reader` to its end. As [`std::io::read_to_string`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until `reader` has ended.
    ///
    /// # Cancellation
    /// The bytes read are lost.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if it is not UTF-8, and the errors of `reader`.
    pub fn read_to_string = __vthread_read_to_string [R: Read](reader: R) -> Result<String>
        => impl Future<Output = Result<String>> + Send { text(reader) }
}

async fn text<R: Read>(mut reader: R) -> Result<String> {
    let mut text = String::new();
    in_place(reader.read_to_string(&mut text)).await?;
    Ok(text)
}

vthread_fn! {
    /// Copies `a` to its end to `b`, and `b` to `a`, at the same time. Returns the numbers of
    /// bytes.
    ///
    /// Where one of them ends, the other is closed for writing, and may go on writing itself: so it
    /// has ended when both have.
    ///
    /// # Suspends
    /// Always a checkpoint, and until both have ended and everything is written.
    ///
    /// # Cancellation
    /// Up to 8 KiB of each direction may have been read that are not written.
    ///
    /// # Errors
    /// The error of either.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::io;
    ///
    /// let ((mut client, mut a), (mut b, mut server)) = (io::duplex(64), io::duplex(64));
    /// client.write_all(b"ping").block()?; // In #[vthread] code without the .block()
    /// client.shutdown()?;
    /// server.write_all(b"answer").block()?;
    /// server.shutdown()?;
    /// assert_eq!(io::copy_bidirectional(&mut a, &mut b)?, (4, 6));
    /// # Ok::<(), io::Error>(())
    /// ```
    pub fn copy_bidirectional = __vthread_copy_bidirectional [
        A: AsyncRead + AsyncWrite + Unpin + Send + ?Sized,
        B: AsyncRead + AsyncWrite + Unpin + Send + ?Sized
    ](a: &mut A, b: &mut B) -> Result<(u64, u64)>
        => impl Future<Output = Result<(u64, u64)>> + Send { both_ways(a, b) }
}

async fn both_ways<A, B>(a: &mut A, b: &mut B) -> Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + Send + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + Send + ?Sized,
{
    let (mut to_b, mut to_a) = (OneWay::default(), OneWay::default());
    poll_fn(|cx| {
        let there = to_b.poll(a, b, cx)?;
        let back = to_a.poll(b, a, cx)?;
        match (there, back) {
            (Poll::Ready(there), Poll::Ready(back)) => Poll::Ready(Ok((there, back))),
            _ => Poll::Pending,
        }
    })
    .await
}

/// One direction.
#[derive(Default)]
struct OneWay {
    buf: Vec<u8>,
    start: usize,
    end: usize,
    total: u64,
    is_flushed: bool,
    stage: Stage,
}

#[derive(Default)]
enum Stage {
    #[default]
    Copies,
    Closes,
    Done,
}

impl OneWay {
    fn poll<R, W>(&mut self, from: &mut R, to: &mut W, cx: &mut Context<'_>) -> Poll<Result<u64>>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin + ?Sized,
    {
        loop {
            match self.stage {
                Stage::Copies => {
                    ready!(self.poll_copy(from, to, cx))?;
                    self.stage = Stage::Closes;
                }
                Stage::Closes => {
                    ready!(Pin::new(&mut *to).poll_close(cx))?;
                    self.stage = Stage::Done;
                }
                Stage::Done => return Poll::Ready(Ok(self.total)),
            }
        }
    }

    /// Until `from` has ended, and everything is written.
    fn poll_copy<R, W>(
        &mut self,
        from: &mut R,
        to: &mut W,
        cx: &mut Context<'_>,
    ) -> Poll<Result<()>>
    where
        R: AsyncRead + Unpin + ?Sized,
        W: AsyncWrite + Unpin + ?Sized,
    {
        loop {
            while self.start < self.end {
                let unwritten = &self.buf[self.start..self.end];
                let n = ready!(Pin::new(&mut *to).poll_write(cx, unwritten))?;
                if n == 0 {
                    return Poll::Ready(Err(super::frames::write::takes_no_more()));
                }
                self.start += n;
                self.total += n as u64;
                self.is_flushed = false;
            }
            if self.buf.is_empty() {
                self.buf.resize(AT_ONCE, 0);
            }
            match Pin::new(&mut *from).poll_read(cx, &mut self.buf) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(n)) => (self.start, self.end) = (0, n),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    // No bytes stay in a buffer of the sink's while none arrive.
                    if !self.is_flushed {
                        ready!(Pin::new(&mut *to).poll_flush(cx))?;
                        self.is_flushed = true;
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}
