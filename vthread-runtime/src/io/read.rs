//! Reading.

use super::in_place::in_place;
use super::{Error, ErrorKind, Result};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::AsyncRead;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::ready;

/// How much room `read_to_end` makes at first, and at most, before it knows that there is something to fill it.
const FIRST_STEP: usize = 32 * 1024;
const LAST_STEP: usize = 1024 * 1024;

/// A source of bytes, to be read by vthreads.
///
/// The methods are those of [`std::io::Read`]. A file imports one of the two traits, not both.
///
/// # Examples
/// ```
/// use vthread_runtime::io::Read;
///
/// let mut source: &[u8] = b"three little words";
/// let mut word = [0; 5];
/// source.read_exact(&mut word).block()?; // In #[vthread] code: source.read_exact(&mut word)?
/// let mut rest = String::new();
/// source.read_to_string(&mut rest).block()?;
/// assert_eq!((&word, rest.as_str()), (b"three", " little words"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Read: Send {
    /// Reads some bytes into `buf`, and says how many. None means the end, unless `buf` is empty.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was read.
    ///
    /// # Errors
    /// What the source says. Nothing was read then.
    fn read(
        &mut self,
        buf: &mut [u8],
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send>;

    /// Reads exactly as many bytes as `buf` holds.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is enough to read.
    ///
    /// # Cancellation
    /// Some bytes may have been read; they are at the front of `buf`, but how many is not known.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] if the source ends before, and what the source says.
    fn read_exact(
        &mut self,
        buf: &mut [u8],
    ) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut rest = buf;
            while !rest.is_empty() {
                match in_place(self.read(rest)).await {
                    Ok(0) => {
                        return Err(Error::new(
                            ErrorKind::UnexpectedEof,
                            "failed to fill whole buffer",
                        ));
                    }
                    Ok(n) => rest = &mut rest[n..],
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    /// Reads to the end of the source, appends it to `buf`, and says how many bytes that were.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the source ends.
    ///
    /// # Cancellation
    /// What has been read is in `buf`.
    ///
    /// # Errors
    /// What the source says. What has been read is in `buf`.
    fn read_to_end(
        &mut self,
        buf: &mut Vec<u8>,
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(async move {
            let before = buf.len();
            let mut tail = Tail::of(buf);
            loop {
                match in_place(self.read(tail.room())).await {
                    Ok(0) => return Ok(tail.filled - before),
                    Ok(n) => tail.filled += n,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        })
    }

    /// Reads to the end of the source, appends it to `buf`, and says how many bytes that were.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the source ends.
    ///
    /// # Cancellation
    /// What has been read is lost.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if it is not UTF-8, and what the source says. `buf` is unchanged then.
    fn read_to_string(
        &mut self,
        buf: &mut String,
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(async move {
            let mut bytes = Vec::new();
            in_place(self.read_to_end(&mut bytes)).await?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8")
            })?;
            buf.push_str(&text);
            Ok(text.len())
        })
    }
}

impl<T: AsyncRead + Unpin + Send + ?Sized> Read for T {
    fn read(
        &mut self,
        buf: &mut [u8],
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        Call::leaf(poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_read(cx, buf)
        }))
    }
}

/// A vector with room for more behind what is filled. When it goes, also by cancellation, the room goes.
struct Tail<'v> {
    buf: &'v mut Vec<u8>,
    filled: usize,
    /// How much room is made at once: a large vector may be for a short source, and room is touched.
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
    use std::task::{Context, Poll, Waker};

    /// Gives one byte at a time, and nothing after the third.
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
        let mut reading = Box::pin(in_place(source.read_to_end(&mut buf)));
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
