//! Pipes of the system.

use super::Result;
use super::inherent::inherent_io;
use super::watched::{unlimited, watched_polls, watched_traits};
use crate::driver::{Interest, Source};
use mio::unix::pipe::{Receiver, Sender};
use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::panic::{RefUnwindSafe, UnwindSafe};

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

impl PipeReader {
    watched_polls!(Read | pipe | &*pipe);
}

impl PipeWriter {
    watched_polls!(Write | pipe | &*pipe);

    /// The other side reads the end when this one is dropped.
    fn close_shared(&self) -> Result<()> {
        Ok(())
    }
}

/// The items of both ends.
macro_rules! end {
    ($ty:ident, $end:ty, $std:ty: $of:ident) => {
        impl $ty {
            unlimited!();

            fn from_end(end: $end) -> Result<Self> {
                Ok($ty {
                    source: Source::new(end, Interest::BOTH)?,
                })
            }

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

        inherent_io!($ty: $of);
        watched_traits!($of $ty);
        watched_traits!($of &$ty);

        impl TryFrom<OwnedFd> for $ty {
            type Error = std::io::Error;

            /// Makes the pipe non-blocking, and registers it.
            fn try_from(descriptor: OwnedFd) -> Result<Self> {
                let end = <$end>::from(descriptor);
                end.set_nonblocking(true)?;
                $ty::from_end(end)
            }
        }

        impl TryFrom<$std> for $ty {
            type Error = std::io::Error;

            /// Makes the pipe non-blocking, and registers it.
            fn try_from(end: $std) -> Result<Self> {
                $ty::try_from(OwnedFd::from(end))
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

        impl IntoRawFd for $ty {
            fn into_raw_fd(self) -> RawFd {
                OwnedFd::from(self).into_raw_fd()
            }
        }

        impl AsFd for $ty {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.source.as_fd()
            }
        }

        impl AsRawFd for $ty {
            fn as_raw_fd(&self) -> RawFd {
                self.source.as_raw_fd()
            }
        }

        // As std's: what a panic leaves behind is the system's.
        impl UnwindSafe for $ty {}
        impl RefUnwindSafe for $ty {}

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.source.fmt(f)
            }
        }
    };
}

end!(PipeReader, Receiver, std::io::PipeReader: Read);
end!(PipeWriter, Sender, std::io::PipeWriter: Write);
