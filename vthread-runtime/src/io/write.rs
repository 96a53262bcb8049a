//! Writing.

use super::IoSlice;
use super::adapters::ByRef;
use super::calls::Calls;
use super::erased::IoFrame;
use super::frames::WriteFrames;
use super::frames::write::text_of;
use super::operations::{Flushing, IoCall, Writing, WritingAll, WritingText, WritingVectored};
use futures_io::AsyncWrite;
use std::fmt;

/// A sink of bytes, to be written to by vthreads.
///
/// The methods are those of [`std::io::Write`]. A file imports one of the two traits, not both. It
/// stands in bounds, it can be `dyn`, and everything that is `AsyncWrite` of the crate `futures-io`
/// has it.
///
/// # Implementing it
/// `#[vthread] impl Write for Mine` makes your own type one, and `&mut Mine` and `Box<Mine>` with
/// it. A call through the trait then takes an allocation, as each call of a method of a
/// `#[vthread(dyn)]` trait does.
///
/// In generic code `&mut S` of an `S: Write` is not known to be `Write` itself, since `futures-io`
/// has pointers of its own: hand [`Write::by_ref`] on instead.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::Write;
///
/// let mut sink = Vec::new();
/// Write::write_all(&mut sink, b"words").block()?; // In #[vthread] code: sink.write_all(b"words")?
/// assert_eq!(sink, b"words");
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `vthread::io::Write`",
    note = "in generic code, `&mut S` of an `S: Write` is not known to be one: write `sink.by_ref()`",
    note = "what is only a `std::io::Write` blocks: `vthread::io::InMemory` takes it if it never waits"
)]
pub trait Write: Send {
    /// Writes some bytes of `buf`, and returns how many.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was written.
    ///
    /// # Errors
    /// The sink's error. Nothing was written then.
    fn write<'a>(&'a mut self, buf: &'a [u8]) -> IoCall<'a, usize, Writing<'a>>;

    /// Makes all bytes written so far reach their destination.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// It may be half done. Flushing again continues.
    ///
    /// # Errors
    /// The sink's error.
    fn flush<'a>(&'a mut self) -> IoCall<'a, (), Flushing<'a>>;

    /// As [`write`](Write::write), of several buffers, the first ones first. A sink that has no way
    /// of its own to do that writes only from the first that is not empty.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was written.
    ///
    /// # Errors
    /// The sink's error. Nothing was written then.
    fn write_vectored<'a, 'b>(
        &'a mut self,
        bufs: &'a [IoSlice<'b>],
    ) -> IoCall<'a, usize, WritingVectored<'a, 'b>> {
        IoFrame::boxed(async move { Calls(self).write_vectored_frame(bufs).await })
    }

    /// Writes all of `buf`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there has been room for everything.
    ///
    /// # Cancellation
    /// Some bytes from the front of `buf` may have been written; how many is not known.
    ///
    /// # Errors
    /// [`ErrorKind::WriteZero`](super::ErrorKind::WriteZero) if the sink takes no more, and the
    /// sink's errors. How much was written is not known.
    fn write_all<'a>(&'a mut self, buf: &'a [u8]) -> IoCall<'a, (), WritingAll<'a>> {
        IoFrame::boxed(async move { Calls(self).write_all_frame(buf).await })
    }

    /// Writes the text of [`write!`] and [`writeln!`].
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
    /// An argument that cannot be formatted; nothing was written then. Otherwise as
    /// [`write_all`](Write::write_all).
    fn write_fmt<'a>(
        &'a mut self,
        arguments: fmt::Arguments<'_>,
    ) -> IoCall<'a, (), WritingText<'a>> {
        let text = text_of(arguments);
        IoFrame::boxed(async move { Calls(self).write_fmt_frame(text).await })
    }

    /// Returns the sink by reference: an adapter or a function that takes it whole leaves it to you
    /// afterwards.
    fn by_ref(&mut self) -> ByRef<'_, Self>
    where
        Self: Sized,
    {
        ByRef::of(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsyncWrite + Unpin + Send> Write for T {
    fn write<'a>(&'a mut self, buf: &'a [u8]) -> IoCall<'a, usize, Writing<'a>> {
        IoFrame::polled(Writing { sink: self, buf })
    }

    fn flush<'a>(&'a mut self) -> IoCall<'a, (), Flushing<'a>> {
        IoFrame::polled(Flushing { sink: self })
    }

    fn write_vectored<'a, 'b>(
        &'a mut self,
        bufs: &'a [IoSlice<'b>],
    ) -> IoCall<'a, usize, WritingVectored<'a, 'b>> {
        IoFrame::polled(WritingVectored { sink: self, bufs })
    }

    fn write_all<'a>(&'a mut self, buf: &'a [u8]) -> IoCall<'a, (), WritingAll<'a>> {
        IoFrame::polled(WritingAll { sink: self, buf })
    }

    fn write_fmt<'a>(
        &'a mut self,
        arguments: fmt::Arguments<'_>,
    ) -> IoCall<'a, (), WritingText<'a>> {
        match text_of(arguments) {
            Ok(text) => IoFrame::polled(WritingText {
                sink: self,
                text,
                written: 0,
            }),
            Err(error) => IoFrame::ready(Err(error)),
        }
    }
}
