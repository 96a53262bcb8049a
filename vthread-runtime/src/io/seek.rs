//! Moving about in a file.

use super::in_place::in_place;
use super::{Result, SeekFrom};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::AsyncSeek;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::ready;

/// Something with a position, to be moved about in by vthreads.
///
/// The methods are those of [`std::io::Seek`]. A file imports one of the two traits, not both.
///
/// # Examples
/// ```
/// use vthread_runtime::fs::File;
/// use vthread_runtime::io::{Read, Seek, SeekFrom};
///
/// let mut file = File::open("Cargo.toml").block()?; // In #[vthread] code without the .block()
/// let length = file.seek(SeekFrom::End(0)).block()?;
/// file.rewind().block()?;
/// let mut text = Vec::new();
/// assert_eq!(file.read_to_end(&mut text).block()? as u64, length);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Seek: Send {
    /// Moves to another position, and says how far that is from the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// The position is the old one or the new one.
    ///
    /// # Errors
    /// A position before the beginning, and what the system says. The position is the old one then.
    fn seek(
        &mut self,
        position: SeekFrom,
    ) -> Call<Result<u64>, impl Future<Output = Result<u64>> + Send>;

    /// Moves to the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// The position is the old one or the new one.
    ///
    /// # Errors
    /// What the system says.
    fn rewind(&mut self) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        let call = self.seek(SeekFrom::Start(0));
        Call::leaf(async move { in_place(call).await.map(drop) })
    }

    /// The distance of the position from the beginning.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// What the system says.
    fn stream_position(&mut self) -> Call<Result<u64>, impl Future<Output = Result<u64>> + Send> {
        self.seek(SeekFrom::Current(0))
    }
}

impl<T: AsyncSeek + Unpin + Send + ?Sized> Seek for T {
    fn seek(
        &mut self,
        position: SeekFrom,
    ) -> Call<Result<u64>, impl Future<Output = Result<u64>> + Send> {
        Call::leaf(poll_fn(move |cx| {
            ready!(checkpoint(cx));
            Pin::new(&mut *self).poll_seek(cx, position)
        }))
    }
}
