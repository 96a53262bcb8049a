//! Buffered reading.

use super::Read;
use super::erased::IoFrame;
use super::frames::BufReadFrames;
use super::lines::{Lines, Split};
use super::operations::{Filling, IoCall, ReadingOn};
use futures_io::AsyncBufRead;
use std::pin::Pin;

/// A source of bytes that has some of them at hand, to be read by vthreads.
///
/// The methods are those of [`std::io::BufRead`]. A file imports one of the two traits, not both.
/// It stands in bounds, it can be `dyn`, and everything that is `AsyncBufRead` of the crate
/// `futures-io` has it. [`Read`] describes how to implement it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::BufRead;
///
/// let source: &[u8] = b"three\nlittle\nwords";
/// // In #[vthread] code this suspends between the lines.
/// for line in source.lines() {
///     println!("{}", line?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `vthread::io::BufRead`",
    note = "in generic code, `&mut S` of an `S: BufRead` is not known to be one: write `source.by_ref()`",
    note = "a source without a buffer becomes one by `vthread::io::BufReader::new(source)`"
)]
pub trait BufRead: Read {
    /// Returns the contents of the buffer, which is filled first if it is empty. No bytes mean the
    /// end.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// The bytes read are in the buffer.
    ///
    /// # Errors
    /// The source's error.
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>>;

    /// Takes `n` bytes of the buffer for read. Does not wait: in `#[vthread] impl BufRead for ..`
    /// it is an ordinary method.
    fn consume(&mut self, n: usize);

    /// Reads up to and with the first `byte`, or to the end, appends it to `buf`, and returns the
    /// number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the byte or the end has come.
    ///
    /// # Cancellation
    /// From a [`BufReader`](super::BufReader) nothing was read. From others, the bytes read are in
    /// `buf`, and the next call goes on from there.
    ///
    /// # Errors
    /// The source's error. Again the bytes read are in the `BufReader`, or in `buf`.
    fn read_until<'a>(
        &'a mut self,
        byte: u8,
        buf: &'a mut Vec<u8>,
    ) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.read_until_frame(byte, buf))
    }

    /// Reads up to and with the first `byte`, or to the end, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the byte or the end has come.
    ///
    /// # Cancellation
    /// Some of it has been skipped.
    ///
    /// # Errors
    /// The source's error.
    fn skip_until<'a>(&'a mut self, byte: u8) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.skip_until_frame(byte))
    }

    /// Reads a line with its end, or what is left, appends it to `buf`, and returns the number of
    /// bytes. 0 means the end.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the line or the end has come.
    ///
    /// # Cancellation
    /// From a [`BufReader`](super::BufReader) nothing was read. From others, the bytes read are in
    /// `buf`, and the next call goes on from there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`](super::ErrorKind::InvalidData) if it is not UTF-8, and the
    /// source's errors.
    fn read_line<'a>(&'a mut self, buf: &'a mut String) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.read_line_frame(buf))
    }

    /// Returns the parts of the source between each `byte`: `for part in source.split(b',')`
    /// suspends.
    fn split(self, byte: u8) -> Split<Self>
    where
        Self: Sized,
    {
        Split::of(self, byte)
    }

    /// Returns the lines of the source, without their ends: `for line in source.lines()` suspends.
    fn lines(self) -> Lines<Self>
    where
        Self: Sized,
    {
        Lines::of(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsyncBufRead + Unpin + Send> BufRead for T {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        IoFrame::polled(Filling { source: Some(self) })
    }

    fn consume(&mut self, n: usize) {
        AsyncBufRead::consume(Pin::new(self), n);
    }
}
