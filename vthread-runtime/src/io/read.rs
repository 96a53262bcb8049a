//! Reading.

use super::IoSliceMut;
use super::adapters::{ByRef, Bytes, Chain, Take};
use super::calls::Calls;
use super::erased::IoFrame;
use super::frames::ReadFrames;
use super::operations::{IoCall, Reading, ReadingExactly, ReadingOn, ReadingVectored};
use futures_io::AsyncRead;

/// A source of bytes, to be read by vthreads.
///
/// The methods are those of [`std::io::Read`]. A file imports one of the two traits, not both. It
/// stands in bounds, it can be `dyn`, and everything that is `AsyncRead` of the crate `futures-io`
/// has it.
///
/// # Implementing it
/// `#[vthread] impl Read for Mine` makes your own type one, and `&mut Mine` and `Box<Mine>` with
/// it. A call through the trait then takes an allocation, as each call of a method of a
/// `#[vthread(dyn)]` trait does.
///
/// In generic code `&mut S` of an `S: Read` is not known to be `Read` itself, since `futures-io`
/// has pointers of its own: hand [`Read::by_ref`] on instead.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::Read;
///
/// let mut source: &[u8] = b"three little words";
/// let mut word = [0; 5];
/// source.read_exact(&mut word).block()?; // In #[vthread] code: source.read_exact(&mut word)?
/// let mut rest = String::new();
/// source.read_to_string(&mut rest).block()?;
/// assert_eq!((&word, rest.as_str()), (b"three", " little words"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `vthread::io::Read`",
    note = "in generic code, `&mut S` of an `S: Read` is not known to be one: write `source.by_ref()`",
    note = "what is only a `std::io::Read` blocks: `vthread::io::InMemory` takes it if it never waits"
)]
pub trait Read: Send {
    /// Reads some bytes into `buf`, and returns how many. 0 means the end, unless `buf` is empty.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was read.
    ///
    /// # Errors
    /// The source's error. Nothing was read then.
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, usize, Reading<'a>>;

    /// As [`read`](Read::read), into several buffers, the first ones first. A source that has no
    /// way of its own to do that fills only the first that is not empty.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was read.
    ///
    /// # Errors
    /// The source's error. Nothing was read then.
    fn read_vectored<'a, 'b>(
        &'a mut self,
        bufs: &'a mut [IoSliceMut<'b>],
    ) -> IoCall<'a, usize, ReadingVectored<'a, 'b>> {
        IoFrame::boxed(async move { Calls(self).read_vectored_frame(bufs).await })
    }

    /// Reads exactly as many bytes as `buf` holds.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is enough to read.
    ///
    /// # Cancellation
    /// Some bytes may have been read; they are at the front of `buf`, but how many is not known.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`](super::ErrorKind::UnexpectedEof) if the source ends before, and
    /// the source's errors.
    fn read_exact<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, (), ReadingExactly<'a>> {
        IoFrame::boxed(async move { Calls(self).read_exact_frame(buf).await })
    }

    /// Reads to the end of the source, appends it to `buf`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the source ends.
    ///
    /// # Cancellation
    /// The bytes read are in `buf`.
    ///
    /// # Errors
    /// The source's error. The bytes read are in `buf`.
    fn read_to_end<'a>(&'a mut self, buf: &'a mut Vec<u8>) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(async move { Calls(self).read_to_end_frame(buf).await })
    }

    /// Reads to the end of the source, appends it to `buf`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the source ends.
    ///
    /// # Cancellation
    /// The bytes read are lost.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`](super::ErrorKind::InvalidData) if it is not UTF-8, and the
    /// source's errors. `buf` is unchanged then.
    fn read_to_string<'a>(&'a mut self, buf: &'a mut String) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(async move { Calls(self).read_to_string_frame(buf).await })
    }

    /// Returns the source by reference: an adapter or a function that takes it whole leaves it to
    /// you afterwards.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef::of(self)
    }

    /// Returns the bytes one by one: `for byte in source.bytes()` suspends. Read from a
    /// [`BufReader`](super::BufReader).
    fn bytes(self) -> Bytes<Self>
    where
        Self: Sized,
    {
        Bytes::of(self)
    }

    /// Returns this source, and after its end the other one.
    fn chain<R: Read>(self, next: R) -> Chain<Self, R>
    where
        Self: Sized,
    {
        Chain::of(self, next)
    }

    /// Returns the first `limit` bytes of the source, as a source of its own.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take::of(self, limit)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsyncRead + Unpin + Send> Read for T {
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, usize, Reading<'a>> {
        IoFrame::polled(Reading { source: self, buf })
    }

    fn read_vectored<'a, 'b>(
        &'a mut self,
        bufs: &'a mut [IoSliceMut<'b>],
    ) -> IoCall<'a, usize, ReadingVectored<'a, 'b>> {
        IoFrame::polled(ReadingVectored { source: self, bufs })
    }

    fn read_exact<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, (), ReadingExactly<'a>> {
        IoFrame::polled(ReadingExactly {
            source: self,
            buf,
            filled: 0,
        })
    }

    fn read_to_end<'a>(&'a mut self, buf: &'a mut Vec<u8>) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.read_to_end_frame(buf))
    }

    fn read_to_string<'a>(&'a mut self, buf: &'a mut String) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(self.read_to_string_frame(buf))
    }
}
