//! Pipes of the system.

use super::Result;
use super::from_raw_fd::from_raw_fd;
use super::pipe_end::{End, pipe_end};
use super::watched::watched_traits;
use crate::driver::{Descriptor, Source};
use std::fmt;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::Stdio;

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
    let (reader, writer) = std::io::pipe()?;
    Ok((PipeReader::of_ours(reader)?, PipeWriter::of_ours(writer)?))
}

/// The end of a pipe that is read. See [`pipe`].
///
/// # Cancellation
/// A cancelled read has not happened.
pub struct PipeReader {
    source: Source<Descriptor<End>>,
}

/// The end of a pipe that is written to. See [`pipe`].
///
/// # Cancellation
/// A cancelled write has not happened.
pub struct PipeWriter {
    source: Source<Descriptor<End>>,
}

/// The items of both ends.
macro_rules! end {
    ($ty:ident, $std:ty: $of:ident) => {
        pipe_end!($ty, $std: $of);
        from_raw_fd!($ty);
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
            /// are not for vthreads any more, unless it came from elsewhere and did block before.
            ///
            /// # Errors
            /// The system's error.
            pub fn into_std(self) -> Result<$std> {
                let end = self.source.into_inner().0;
                Ok(<$std>::from(end.into_blocking()?))
            }
        }

        impl From<$ty> for OwnedFd {
            /// The descriptor, watched no longer. One that was made here stays non-blocking:
            /// [`into_std`] is for other processes.
            ///
            #[doc = concat!("[`into_std`]: ", stringify!($ty), "::into_std")]
            fn from(end: $ty) -> OwnedFd {
                end.source.into_inner().0.into()
            }
        }

        impl From<$ty> for Stdio {
            /// For another process: the pipe blocks, as with `into_std`.
            fn from(end: $ty) -> Self {
                let descriptor = end.source.into_inner().0.into_blocking();
                descriptor
                    .expect("it fails for no pipe that is open")
                    .into()
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty))
                    .field("fd", &self.source.as_raw_fd())
                    .finish()
            }
        }
    };
}

end!(PipeReader, std::io::PipeReader: Read);
end!(PipeWriter, std::io::PipeWriter: Write);
