//! Frames of writing.

use crate::io::first_poll;
use crate::io::{Error, ErrorKind, IoSlice, Result};
use crate::task::current::checkpoint;
use futures_io::AsyncWrite;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Poll, ready};

/// The frames of the methods of [`Write`](crate::io::Write), whose page describes each.
pub(crate) trait WriteFrames: Send {
    fn write_frame(&mut self, buf: &[u8]) -> impl Future<Output = Result<usize>> + Send;

    fn write_vectored_frame(
        &mut self,
        bufs: &[IoSlice<'_>],
    ) -> impl Future<Output = Result<usize>> + Send {
        let first = bufs.iter().find(|buf| !buf.is_empty());
        self.write_frame(first.map_or(&[], |buf| &**buf))
    }

    fn flush_frame(&mut self) -> impl Future<Output = Result<()>> + Send;

    fn write_all_frame(&mut self, buf: &[u8]) -> impl Future<Output = Result<()>> + Send {
        async move {
            poll_fn(checkpoint).await;
            let mut rest = buf;
            while !rest.is_empty() {
                match self.write_frame(rest).await {
                    Ok(0) => return Err(takes_no_more()),
                    Ok(n) => rest = &rest[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        }
    }

    fn write_fmt_frame(&mut self, text: Result<String>) -> impl Future<Output = Result<()>> + Send {
        async move { self.write_all_frame(text?.as_bytes()).await }
    }
}

impl<T: AsyncWrite + Unpin + Send + ?Sized> WriteFrames for T {
    fn write_frame(&mut self, buf: &[u8]) -> impl Future<Output = Result<usize>> + Send {
        let mut begun = false;
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            first_poll::polled(&mut begun, || Pin::new(&mut *self).poll_write(cx, buf))
        })
    }

    /// As the general one, in a smaller frame.
    fn write_all_frame(&mut self, buf: &[u8]) -> impl Future<Output = Result<()>> + Send {
        let (mut rest, mut begun) = (buf, false);
        poll_fn(move |cx| {
            loop {
                ready!(checkpoint(cx));
                if rest.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                let written =
                    first_poll::polled(&mut begun, || Pin::new(&mut *self).poll_write(cx, rest));
                match ready!(written) {
                    Ok(0) => return Poll::Ready(Err(takes_no_more())),
                    Ok(n) => rest = &rest[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Poll::Ready(Err(error)),
                }
                if rest.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                begun = false;
            }
        })
    }

    fn write_vectored_frame(
        &mut self,
        bufs: &[IoSlice<'_>],
    ) -> impl Future<Output = Result<usize>> + Send {
        let mut begun = false;
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            first_poll::polled(&mut begun, || {
                Pin::new(&mut *self).poll_write_vectored(cx, bufs)
            })
        })
    }

    fn flush_frame(&mut self) -> impl Future<Output = Result<()>> + Send {
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_flush(cx)
        })
    }
}

/// The text that `write!` writes.
pub(crate) fn text_of(arguments: fmt::Arguments<'_>) -> Result<String> {
    if let Some(text) = arguments.as_str() {
        return Ok(text.to_owned());
    }
    let mut text = String::new();
    match fmt::write(&mut text, arguments) {
        Ok(()) => Ok(text),
        Err(_) => Err(Error::other("formatter error")),
    }
}

/// The error of a sink that is full for good.
pub(crate) fn takes_no_more() -> Error {
    Error::new(ErrorKind::WriteZero, "failed to write whole buffer")
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::io::Write;
    use std::task::Context;

    /// Takes two bytes at a time, up to five.
    #[derive(Default)]
    struct Narrow(Vec<u8>);
    impl AsyncWrite for Narrow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &[u8],
        ) -> Poll<Result<usize>> {
            let n = buf.len().min(2).min(5 - self.0.len());
            self.0.extend_from_slice(&buf[..n]);
            Poll::Ready(Ok(n))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn writes_all_in_pieces() {
        let mut sink = Narrow::default();
        sink.write_all(b"abcd").block().unwrap();
        assert_eq!(sink.0, b"abcd");
        assert_eq!(
            sink.write_all(b"ef").block().unwrap_err().kind(),
            ErrorKind::WriteZero
        );
        sink.flush().block().unwrap();
    }
}
