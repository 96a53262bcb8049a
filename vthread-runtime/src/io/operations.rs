//! The types of the calls of the traits' methods: what each does on a stream that can be polled.

use super::erased::IoFrame;
use super::frames::read::end_is_early;
use super::frames::write::takes_no_more;
use super::{ErrorKind, IoSlice, IoSliceMut, Result, SeekFrom};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
use std::fmt;
use std::future::{Future, Pending};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A call of a trait's method.
pub type IoCall<'a, R, O> = Call<Result<R>, IoFrame<'a, O>>;

/// Reading that goes on until something has come; always in a box.
pub type ReadingOn = Pending<Result<usize>>;

/// Moving about without saying where to; always in a box.
pub type Moving = Pending<Result<()>>;

type Source<'a> = &'a mut (dyn AsyncRead + Unpin + Send + 'a);
type Sink<'a> = &'a mut (dyn AsyncWrite + Unpin + Send + 'a);

/// The operations, each with what it holds, what it gives, and how it is polled after a checkpoint.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident<$($lifetime:lifetime),*> { $($field:ident: $ty:ty),* $(,)? } -> $output:ty, |$this:ident, $cx:ident| $poll:block)*) => {
        $(
            $(#[$doc])*
            pub struct $name<$($lifetime),*> { $(pub(super) $field: $ty),* }

            impl<$($lifetime),*> Future for $name<$($lifetime),*> {
                type Output = Result<$output>;
                fn poll(self: Pin<&mut Self>, $cx: &mut Context<'_>) -> Poll<Self::Output> {
                    ready!(checkpoint($cx));
                    let $this = self.get_mut();
                    $poll
                }
            }

            impl<$($lifetime),*> fmt::Debug for $name<$($lifetime),*> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.debug_struct(stringify!($name)).finish_non_exhaustive()
                }
            }
        )*
    };
}

operations! {
    /// Of [`Read::read`](super::Read::read).
    Reading<'a> { source: Source<'a>, buf: &'a mut [u8] } -> usize, |this, cx| {
        Pin::new(&mut *this.source).poll_read(cx, this.buf)
    }

    /// Of [`Read::read_vectored`](super::Read::read_vectored).
    ReadingVectored<'a, 'b> { source: Source<'a>, bufs: &'a mut [IoSliceMut<'b>] } -> usize, |this, cx| {
        Pin::new(&mut *this.source).poll_read_vectored(cx, this.bufs)
    }

    /// Of [`Read::read_exact`](super::Read::read_exact).
    ReadingExactly<'a> { source: Source<'a>, buf: &'a mut [u8], filled: usize } -> (), |this, cx| {
        while this.filled < this.buf.len() {
            match ready!(Pin::new(&mut *this.source).poll_read(cx, &mut this.buf[this.filled..])) {
                Ok(0) => return Poll::Ready(Err(end_is_early())),
                Ok(n) => this.filled += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Of [`Write::write`](super::Write::write).
    Writing<'a> { sink: Sink<'a>, buf: &'a [u8] } -> usize, |this, cx| {
        Pin::new(&mut *this.sink).poll_write(cx, this.buf)
    }

    /// Of [`Write::write_vectored`](super::Write::write_vectored).
    WritingVectored<'a, 'b> { sink: Sink<'a>, bufs: &'a [IoSlice<'b>] } -> usize, |this, cx| {
        Pin::new(&mut *this.sink).poll_write_vectored(cx, this.bufs)
    }

    /// Of [`Write::write_all`](super::Write::write_all).
    WritingAll<'a> { sink: Sink<'a>, buf: &'a [u8] } -> (), |this, cx| {
        while !this.buf.is_empty() {
            let n = ready!(poll_some(&mut this.sink, this.buf, cx))?;
            this.buf = &this.buf[n..];
        }
        Poll::Ready(Ok(()))
    }

    /// Of [`Write::write_fmt`](super::Write::write_fmt).
    WritingText<'a> { sink: Sink<'a>, text: String, written: usize } -> (), |this, cx| {
        while this.written < this.text.len() {
            let rest = &this.text.as_bytes()[this.written..];
            this.written += ready!(poll_some(&mut this.sink, rest, cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Of [`Write::flush`](super::Write::flush).
    Flushing<'a> { sink: Sink<'a> } -> (), |this, cx| {
        Pin::new(&mut *this.sink).poll_flush(cx)
    }

    /// Of [`Seek::seek`](super::Seek::seek).
    Seeking<'a> { file: &'a mut (dyn AsyncSeek + Unpin + Send + 'a), position: SeekFrom } -> u64, |this, cx| {
        Pin::new(&mut *this.file).poll_seek(cx, this.position)
    }

    /// Of [`BufRead::fill_buf`](super::BufRead::fill_buf).
    Filling<'a> { source: Option<&'a mut (dyn AsyncBufRead + Unpin + Send + 'a)> } -> &'a [u8], |this, cx| {
        let source = this.source.take().expect("a frame is not polled after its end");
        // The borrow of what is given ends the one by which it was asked for: so it is asked twice.
        match Pin::new(&mut *source).poll_fill_buf(cx) {
            Poll::Pending => {
                this.source = Some(source);
                Poll::Pending
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok([])) => Poll::Ready(Ok(&[])),
            Poll::Ready(Ok(_)) => match Pin::new(source).poll_fill_buf(cx) {
                Poll::Ready(filled) => Poll::Ready(filled),
                Poll::Pending => panic!("an `AsyncBufRead` has forgotten what is in its buffer"),
            },
        }
    }
}

/// Some of it: at least a byte.
fn poll_some(sink: &mut Sink<'_>, buf: &[u8], cx: &mut Context<'_>) -> Poll<Result<usize>> {
    loop {
        match ready!(Pin::new(&mut **sink).poll_write(cx, buf)) {
            Ok(0) => return Poll::Ready(Err(takes_no_more())),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return Poll::Ready(result),
        }
    }
}
