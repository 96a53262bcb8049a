//! Writing.

use super::in_place::in_place;
use super::{Error, ErrorKind, Result};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::AsyncWrite;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::ready;

/// A sink of bytes, to be written to by vthreads.
///
/// The methods are those of [`std::io::Write`]. A file imports one of the two traits, not both.
///
/// # Examples
/// ```
/// use vthread_runtime::io::Write;
///
/// let mut sink = Vec::new();
/// Write::write_all(&mut sink, b"words").block()?; // In #[vthread] code: sink.write_all(b"words")?
/// assert_eq!(sink, b"words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Write: Send {
    /// Writes some bytes of `buf`, and says how many.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was written.
    ///
    /// # Errors
    /// What the sink says. Nothing was written then.
    fn write(
        &mut self,
        buf: &[u8],
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send>;

    /// Has everything that was written so far reach its destination.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// It may be half done. Flushing again continues.
    ///
    /// # Errors
    /// What the sink says.
    fn flush(&mut self) -> Call<Result<()>, impl Future<Output = Result<()>> + Send>;

    /// Writes all of `buf`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there has been room for everything.
    ///
    /// # Cancellation
    /// Some bytes from the front of `buf` may have been written; how many is not known.
    ///
    /// # Errors
    /// [`ErrorKind::WriteZero`] if the sink takes no more, and what the sink says. How much was written is not known.
    fn write_all(
        &mut self,
        buf: &[u8],
    ) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut rest = buf;
            while !rest.is_empty() {
                match in_place(self.write(rest)).await {
                    Ok(0) => {
                        return Err(Error::new(
                            ErrorKind::WriteZero,
                            "failed to write whole buffer",
                        ));
                    }
                    Ok(n) => rest = &rest[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    /// What [`write!`] and [`writeln!`] call: writes the text.
    ///
    /// The arguments are formatted at once, and written when the call is made.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there has been room for everything.
    ///
    /// # Cancellation
    /// Some of it may have been written; how much is not known.
    ///
    /// # Errors
    /// An argument that cannot be formatted; nothing was written then. Otherwise as [`write_all`](Write::write_all).
    fn write_fmt<'s>(
        &'s mut self,
        arguments: fmt::Arguments<'_>,
    ) -> Call<Result<()>, impl Future<Output = Result<()>> + Send + use<'s, Self>> {
        let mut text = String::new();
        let formatted = fmt::write(&mut text, arguments);
        Call::leaf(async move {
            if formatted.is_err() {
                return Err(Error::other("formatter error"));
            }
            in_place(self.write_all(text.as_bytes())).await
        })
    }
}

impl<T: AsyncWrite + Unpin + Send + ?Sized> Write for T {
    fn write(
        &mut self,
        buf: &[u8],
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_write(cx, buf)
        }))
    }

    fn flush(&mut self) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        Call::leaf(poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_flush(cx)
        }))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::task::{Context, Poll};

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
