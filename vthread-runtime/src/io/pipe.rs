//! Pipes of the system.

use super::Result;
use super::pipe_end::pipe_end;
use super::watched::watched_traits;
use crate::driver::Source;
use mio::unix::pipe::{Receiver, Sender};
use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

/// A pipe of the system: bytes written to one end are read from the other. As [`std::io::pipe`].
///
/// For vthreads of one program [`duplex`](super::duplex) and channels cost less: a pipe is for
/// other processes.
///
/// # Errors
/// The system has no more descriptors.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let (mut reader, mut writer) = vthread::io::pipe()?;
/// writer.write_all(b"words").block()?; // In #[vthread] code without the .block()
/// drop(writer);
/// let mut text = String::new();
/// reader.read_to_string(&mut text).block()?;
/// assert_eq!(text, "words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    let (sender, receiver) = mio::unix::pipe::new()?;
    Ok((
        PipeReader::from_end(receiver)?,
        PipeWriter::from_end(sender)?,
    ))
}

/// The end of a pipe that is read. See [`pipe`].
///
/// # Cancellation
/// A cancelled read has not happened.
pub struct PipeReader {
    source: Source<Receiver>,
}

/// The end of a pipe that is written to. See [`pipe`].
///
/// # Cancellation
/// A cancelled write has not happened.
pub struct PipeWriter {
    source: Source<Sender>,
}

/// The items of both ends.
macro_rules! end {
    ($ty:ident, $end:ty, $std:ty: $of:ident) => {
        pipe_end!($ty, $end, $std: $of);
        watched_traits!($of &$ty);

        impl $ty {
            /// Returns another handle of the same end.
            ///
            /// # Errors
            /// The system has no more descriptors.
            pub fn try_clone(&self) -> Result<Self> {
                $ty::try_from(self.as_fd().try_clone_to_owned()?)
            }

            /// The same as std's, which blocks. Other handles of it block as well from then on, and
            /// must not be used by vthreads any more.
            ///
            /// # Errors
            /// The system's error.
            pub fn into_std(self) -> Result<$std> {
                let end = self.source.into_inner();
                end.set_nonblocking(false)?;
                Ok(<$std>::from(OwnedFd::from(end)))
            }
        }

        impl From<$ty> for OwnedFd {
            /// The descriptor, watched no longer. It stays non-blocking: [`into_std`] is for other
            /// processes.
            ///
            #[doc = concat!("[`into_std`]: ", stringify!($ty), "::into_std")]
            fn from(end: $ty) -> OwnedFd {
                end.source.into_inner().into()
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.source.fmt(f)
            }
        }
    };
}

end!(PipeReader, Receiver, std::io::PipeReader: Read);
end!(PipeWriter, Sender, std::io::PipeWriter: Write);
