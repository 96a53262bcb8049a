//! Frames of reading.

use crate::io::first_poll;
use crate::io::{Error, ErrorKind, IoSliceMut, Result};
use crate::task::current::checkpoint;
use futures_io::AsyncRead;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Poll, ready};

/// How much room `read_to_end` makes at first, and at most, before it knows that there is something
/// to fill it.
const FIRST_STEP: usize = 32 * 1024;
const LAST_STEP: usize = 1024 * 1024;

/// The frames of the methods of [`Read`](crate::io::Read), whose page describes each.
pub(crate) trait ReadFrames: Send {
    fn read_frame(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<usize>> + Send;

    fn read_vectored_frame(
        &mut self,
        bufs: &mut [IoSliceMut<'_>],
    ) -> impl Future<Output = Result<usize>> + Send {
        let first = bufs.iter_mut().find(|buf| !buf.is_empty());
        self.read_frame(first.map_or(&mut [], |buf| &mut **buf))
    }

    fn read_exact_frame(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<()>> + Send {
        async move {
            poll_fn(checkpoint).await;
            let mut rest = buf;
            while !rest.is_empty() {
                match self.read_frame(rest).await {
                    Ok(0) => return Err(end_is_early()),
                    Ok(n) => rest = &mut rest[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        }
    }

    fn read_to_end_frame(
        &mut self,
        buf: &mut Vec<u8>,
    ) -> impl Future<Output = Result<usize>> + Send {
        async move {
            let before = buf.len();
            let mut tail = Tail::of(buf);
            loop {
                match self.read_frame(tail.room()).await {
                    Ok(0) => return Ok(tail.filled - before),
                    Ok(n) => tail.filled += n,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    fn read_to_string_frame(
        &mut self,
        buf: &mut String,
    ) -> impl Future<Output = Result<usize>> + Send {
        async move {
            let mut bytes = Vec::new();
            self.read_to_end_frame(&mut bytes).await?;
            let text = String::from_utf8(bytes).map_err(|_| not_utf8())?;
            buf.push_str(&text);
            Ok(text.len())
        }
    }
}

impl<T: AsyncRead + Unpin + Send + ?Sized> ReadFrames for T {
    fn read_frame(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<usize>> + Send {
        let mut begun = false;
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            first_poll::polled(&mut begun, || Pin::new(&mut *self).poll_read(cx, buf))
        })
    }

    /// As the general one, in a smaller frame.
    fn read_exact_frame(&mut self, buf: &mut [u8]) -> impl Future<Output = Result<()>> + Send {
        let (mut filled, mut begun) = (0, false);
        poll_fn(move |cx| {
            loop {
                ready!(checkpoint(cx));
                if filled == buf.len() {
                    return Poll::Ready(Ok(()));
                }
                let rest = &mut buf[filled..];
                let read =
                    first_poll::polled(&mut begun, || Pin::new(&mut *self).poll_read(cx, rest));
                match ready!(read) {
                    Ok(0) => return Poll::Ready(Err(end_is_early())),
                    Ok(n) => filled += n,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Poll::Ready(Err(error)),
                }
                if filled == buf.len() {
                    return Poll::Ready(Ok(()));
                }
                begun = false;
            }
        })
    }

    fn read_vectored_frame(
        &mut self,
        bufs: &mut [IoSliceMut<'_>],
    ) -> impl Future<Output = Result<usize>> + Send {
        let mut begun = false;
        poll_fn(move |cx| {
            ready!(checkpoint(cx));
            first_poll::polled(&mut begun, || {
                Pin::new(&mut *self).poll_read_vectored(cx, bufs)
            })
        })
    }
}

/// The error of a source that ends within what was to be read.
pub(crate) fn end_is_early() -> Error {
    Error::new(ErrorKind::UnexpectedEof, "failed to fill whole buffer")
}

/// The error of text that is none.
pub(crate) fn not_utf8() -> Error {
    Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8")
}

/// A vector with room for more behind what is filled. When it goes, also by cancellation, the room
/// goes.
struct Tail<'v> {
    buf: &'v mut Vec<u8>,
    filled: usize,
    /// How much room is made at once: a large vector may be for a short source, and room is
    /// touched.
    step: usize,
}

impl<'v> Tail<'v> {
    fn of(buf: &'v mut Vec<u8>) -> Self {
        Tail {
            filled: buf.len(),
            buf,
            step: FIRST_STEP,
        }
    }

    /// Some room, initialised.
    fn room(&mut self) -> &mut [u8] {
        if self.filled == self.buf.len() {
            self.buf.reserve(32);
            let free = self.buf.capacity() - self.filled;
            self.buf.resize(self.filled + free.min(self.step), 0);
            self.step = (self.step * 2).min(LAST_STEP);
        }
        &mut self.buf[self.filled..]
    }
}

impl Drop for Tail<'_> {
    fn drop(&mut self) {
        self.buf.truncate(self.filled);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::io::Read;
    use std::pin::Pin;
    use std::task::{Context, Waker};

    /// Returns one byte at a time, and nothing after the third.
    struct Trickle(u8);
    impl AsyncRead for Trickle {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buf: &mut [u8],
        ) -> Poll<Result<usize>> {
            if self.0 == 3 {
                return Poll::Pending;
            }
            self.0 += 1;
            buf[0] = self.0;
            Poll::Ready(Ok(1))
        }
    }

    #[test]
    fn what_was_read_survives_cancellation() {
        let mut buf = vec![9];
        let mut source = Trickle(0);
        let mut reading = Box::pin(source.read_to_end_frame(&mut buf));
        assert!(
            reading
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        drop(reading);
        assert_eq!(buf, [9, 1, 2, 3]);
    }

    #[test]
    fn the_end_comes_too_early() {
        let mut source: &[u8] = b"ab";
        let error = source.read_exact(&mut [0; 3]).block().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn text_is_all_or_nothing() {
        let mut text = String::from("before");
        let mut source: &[u8] = b"ab\xff";
        assert_eq!(
            source.read_to_string(&mut text).block().unwrap_err().kind(),
            ErrorKind::InvalidData
        );
        assert_eq!(text, "before");
    }

    #[test]
    #[cfg_attr(miri, ignore = "it fills megabytes")]
    fn r16_little_room_is_touched_for_a_short_source() {
        let mut buf = Vec::with_capacity(512 << 20);
        let mut source: &[u8] = b"ten bytes.";
        source.read_to_end(&mut buf).block().unwrap();
        assert_eq!(buf, b"ten bytes.");
        let mut tail = Tail::of(&mut buf);
        assert_eq!(tail.room().len(), FIRST_STEP);
        tail.filled += 1;
        assert_eq!(tail.room().len(), FIRST_STEP - 1);
        for _ in 0..10 {
            tail.filled = tail.buf.len();
            assert!(tail.room().len() <= LAST_STEP);
        }
    }

    #[test]
    fn appends_to_the_end() {
        let mut buf = b"a".to_vec();
        let n = if cfg!(miri) { 1_000 } else { 100_000 };
        let long = vec![7; n];
        assert_eq!(long.as_slice().read_to_end(&mut buf).block().unwrap(), n);
        assert_eq!((buf.len(), buf[0], buf[n]), (n + 1, b'a', 7));
    }
}
