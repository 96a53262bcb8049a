//! Moving about in a file.

use super::SeekFrom;
use super::calls::Calls;
use super::erased::IoFrame;
use super::frames::SeekFrames;
use super::operations::{IoCall, Moving, Seeking};
use futures_io::AsyncSeek;

/// Something with a position, to be moved about in by vthreads.
///
/// The methods are those of [`std::io::Seek`]. A file imports one of the two traits, not both. It
/// stands in bounds, it can be `dyn`, and everything that is `AsyncSeek` of the crate `futures-io`
/// has it. [`Read`](super::Read) describes how to implement it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::fs::File;
/// use vthread::io::{Read, Seek, SeekFrom};
///
/// let mut file = File::open("Cargo.toml").block()?; // In #[vthread] code without the .block()
/// let length = file.seek(SeekFrom::End(0)).block()?;
/// file.rewind().block()?;
/// let mut text = Vec::new();
/// assert_eq!(file.read_to_end(&mut text).block()? as u64, length);
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `vthread::io::Seek`",
    note = "in generic code, `&mut S` of an `S: Seek` is not known to be one"
)]
pub trait Seek: Send {
    /// Moves to another position, and returns how far that is from the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// The position is the old one or the new one.
    ///
    /// # Errors
    /// A position before the beginning, and the system's errors. The position is the old one then.
    fn seek<'a>(&'a mut self, position: SeekFrom) -> IoCall<'a, u64, Seeking<'a>>;

    /// Moves to the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// The position is the old one or the new one.
    ///
    /// # Errors
    /// The system's error.
    fn rewind<'a>(&'a mut self) -> IoCall<'a, (), Moving> {
        IoFrame::boxed(async move { Calls(self).rewind_frame().await })
    }

    /// The distance of the position from the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has answered.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system's error.
    fn stream_position<'a>(&'a mut self) -> IoCall<'a, u64, Seeking<'a>> {
        self.seek(SeekFrom::Current(0))
    }

    /// Moves on by `offset`, or back. A [`BufReader`](super::BufReader) keeps the bytes read ahead
    /// where it can.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// The position is the old one or the new one.
    ///
    /// # Errors
    /// A position before the beginning, and the system's errors. The position is the old one then.
    fn seek_relative<'a>(&'a mut self, offset: i64) -> IoCall<'a, (), Moving> {
        IoFrame::boxed(async move { Calls(self).seek_relative_frame(offset).await })
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsyncSeek + Unpin + Send> Seek for T {
    fn seek<'a>(&'a mut self, position: SeekFrom) -> IoCall<'a, u64, Seeking<'a>> {
        IoFrame::polled(Seeking {
            file: self,
            position,
        })
    }
}
