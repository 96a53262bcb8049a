//! What the ends of pipes have in common: those of a pipe of this process, and those that lead to a
//! child process.

use super::without_waiting::{blocks, read_pipe, write_pipe};
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// An end of a pipe.
#[derive(Debug)]
pub(crate) struct End {
    /// For its operations, which are the same.
    pipe: File,
    /// It came from elsewhere, where it may be shared and is expected to block: that stays.
    blocks: bool,
}

impl End {
    /// One that was made here: it does not block.
    pub(crate) fn of_ours(pipe: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        Ok(End {
            pipe: pipe.into(),
            blocks: false,
        })
    }

    /// One that came from elsewhere.
    pub(crate) fn from_elsewhere(pipe: OwnedFd) -> io::Result<Self> {
        Ok(End {
            blocks: blocks(pipe.as_fd())?,
            pipe: pipe.into(),
        })
    }

    /// For another process, or for std: it blocks, as they expect it to.
    pub(crate) fn into_blocking(self) -> io::Result<OwnedFd> {
        if !self.blocks {
            rustix::io::ioctl_fionbio(&self.pipe, false)?;
        }
        Ok(self.pipe.into())
    }
}

impl From<End> for OwnedFd {
    fn from(end: End) -> Self {
        end.pipe.into()
    }
}

impl Read for &End {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.blocks {
            false => (&self.pipe).read(buf),
            true => read_pipe(self.as_fd(), &mut [IoSliceMut::new(buf)]),
        }
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match self.blocks {
            false => (&self.pipe).read_vectored(bufs),
            true => read_pipe(self.as_fd(), bufs),
        }
    }
}

impl Write for &End {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self.blocks {
            false => (&self.pipe).write(buf),
            true => write_pipe(self.as_fd(), &[IoSlice::new(buf)]),
        }
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.blocks {
            false => (&self.pipe).write_vectored(bufs),
            true => write_pipe(self.as_fd(), bufs),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for End {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl AsRawFd for End {
    fn as_raw_fd(&self) -> RawFd {
        self.pipe.as_raw_fd()
    }
}

/// Makes the traits of an end of a pipe with a `source`, its conversions, and what goes with a
/// descriptor: `pipe_end!(PipeReader, std::io::PipeReader: Read)`.
macro_rules! pipe_end {
    ($ty:ident, $std:ty: $of:ident) => {
        impl $ty {
            $crate::io::watched::watched_polls!($of |end| &end.0);
            $crate::io::watched::unlimited!();
            $crate::io::pipe_end::pipe_end!(@close $of);

            fn from_end(end: $crate::io::pipe_end::End) -> ::std::io::Result<Self> {
                let end = $crate::driver::Descriptor(end);
                Ok($ty {
                    source: $crate::driver::Source::new(end, $crate::driver::Interest::BOTH)?,
                })
            }

            /// Of an end that was made here.
            pub(crate) fn of_ours(
                descriptor: impl Into<::std::os::fd::OwnedFd>,
            ) -> ::std::io::Result<Self> {
                $ty::from_end($crate::io::pipe_end::End::of_ours(descriptor.into())?)
            }
        }

        $crate::io::inherent::inherent_io!($ty: $of);
        $crate::io::watched::watched_traits!($of $ty);

        impl TryFrom<::std::os::fd::OwnedFd> for $ty {
            type Error = ::std::io::Error;

            /// Registers the pipe. Whether it blocks stays as it is, since others may share it.
            fn try_from(descriptor: ::std::os::fd::OwnedFd) -> ::std::io::Result<Self> {
                $ty::from_end($crate::io::pipe_end::End::from_elsewhere(descriptor)?)
            }
        }

        impl TryFrom<$std> for $ty {
            type Error = ::std::io::Error;

            /// Registers the pipe. Whether it blocks stays as it is, since others may share it.
            fn try_from(end: $std) -> ::std::io::Result<Self> {
                $ty::try_from(::std::os::fd::OwnedFd::from(end))
            }
        }

        impl ::std::os::fd::IntoRawFd for $ty {
            /// The descriptor, watched no longer. One that was made here stays non-blocking.
            fn into_raw_fd(self) -> ::std::os::fd::RawFd {
                let descriptor = ::std::os::fd::OwnedFd::from(self.source.into_inner().0);
                ::std::os::fd::IntoRawFd::into_raw_fd(descriptor)
            }
        }

        impl ::std::os::fd::AsFd for $ty {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.source.as_fd()
            }
        }

        impl ::std::os::fd::AsRawFd for $ty {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.source.as_raw_fd()
            }
        }

        // As std's: what a panic leaves behind is the system's.
        impl ::std::panic::UnwindSafe for $ty {}
        impl ::std::panic::RefUnwindSafe for $ty {}
    };
    (@close Read) => {};
    (@close Write) => {
        /// The other side reads the end when this one is dropped.
        fn close_shared(&self) -> ::std::io::Result<()> {
            Ok(())
        }
    };
}
pub(crate) use pipe_end;
