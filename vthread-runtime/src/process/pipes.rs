//! The ends of pipes to a process.

use super::Stdio;
use crate::driver::{Direction, Interest, Source};
use crate::io::inherent::inherent_io;
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::{AsyncRead, AsyncWrite};
use mio::unix::pipe::{Receiver, Sender};
use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::process;
use std::task::{Context, Poll, ready};

/// The end of a pipe that writes to the standard input of a process. Dropping it closes the pipe.
///
/// It writes as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncWrite` of
/// `futures-io`, and by [`std::io::Write`], which blocks. A cancelled write has not happened.
pub struct ChildStdin {
    source: Source<Sender>,
}

/// The end of a pipe that reads the standard output of a process.
///
/// It reads as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncRead` of
/// `futures-io`, and by [`std::io::Read`], which blocks. A cancelled read has read nothing.
pub struct ChildStdout {
    source: Source<Receiver>,
}

/// The end of a pipe that reads the standard error of a process. As [`ChildStdout`].
pub struct ChildStderr {
    source: Source<Receiver>,
}

/// What all three have.
macro_rules! end_of_a_pipe {
    ($ty:ident($end:ident)) => {
        impl $ty {
            pub(super) fn of(stream: process::$ty) -> io::Result<Self> {
                OwnedFd::from(stream).try_into()
            }
        }

        impl TryFrom<OwnedFd> for $ty {
            type Error = io::Error;

            /// Makes an end of a pipe non-blocking, and has it watched.
            fn try_from(fd: OwnedFd) -> io::Result<Self> {
                let end = $end::from(fd);
                end.set_nonblocking(true)?;
                Ok($ty {
                    source: Source::new(end, Interest::BOTH)?,
                })
            }
        }

        impl TryFrom<process::$ty> for $ty {
            type Error = io::Error;

            /// Makes a stream of std's non-blocking, and has it watched.
            fn try_from(stream: process::$ty) -> io::Result<Self> {
                $ty::of(stream)
            }
        }

        impl TryFrom<$ty> for OwnedFd {
            type Error = io::Error;

            /// The descriptor, whose operations block again.
            fn try_from(stream: $ty) -> io::Result<Self> {
                stream.source.set_nonblocking(false)?;
                Ok(stream.source.into_inner().into())
            }
        }

        impl From<$ty> for Stdio {
            /// For another process: the stream blocks again, as programs expect it to.
            fn from(stream: $ty) -> Self {
                // It fails for no descriptor that is open.
                let _ = stream.source.set_nonblocking(false);
                OwnedFd::from(stream.source.into_inner()).into()
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

        impl IntoRawFd for $ty {
            /// The descriptor, whose operations do not block.
            fn into_raw_fd(self) -> RawFd {
                self.source.into_inner().into_raw_fd()
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    };
}

end_of_a_pipe!(ChildStdin(Sender));
end_of_a_pipe!(ChildStdout(Receiver));
end_of_a_pipe!(ChildStderr(Receiver));

/// The two that read.
macro_rules! reads {
    ($ty:ident) => {
        inherent_io!($ty: Read);

        impl AsyncRead for $ty {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                ready!(checkpoint(cx));
                self.source.poll_transfer(Direction::Read, buf.len(), cx, |mut end| end.read(buf))
            }

            fn poll_read_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &mut [IoSliceMut<'_>],
            ) -> Poll<io::Result<usize>> {
                ready!(checkpoint(cx));
                let wanted = bufs.iter().map(|buf| buf.len()).sum();
                self.source.poll_transfer(Direction::Read, wanted, cx, |mut end| end.read_vectored(bufs))
            }
        }

        impl Read for $ty {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| Pin::new(&mut *self).poll_read(cx, buf))).block()
            }

            fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| Pin::new(&mut *self).poll_read_vectored(cx, bufs))).block()
            }
        }
    };
}

reads!(ChildStdout);
reads!(ChildStderr);

inherent_io!(ChildStdin: Write);

impl AsyncWrite for ChildStdin {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.source
            .poll_transfer(Direction::Write, buf.len(), cx, |mut end| end.write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        let wanted = bufs.iter().map(|buf| buf.len()).sum();
        self.source
            .poll_transfer(Direction::Write, wanted, cx, |mut end| {
                end.write_vectored(bufs)
            })
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // What was written is the system's already.
        checkpoint(cx).map(Ok)
    }

    /// Does nothing: the pipe is closed when the stream is dropped.
    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        checkpoint(cx).map(Ok)
    }
}

impl Write for ChildStdin {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Call::leaf(poll_fn(|cx| Pin::new(&mut *self).poll_write(cx, buf))).block()
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        Call::leaf(poll_fn(|cx| {
            Pin::new(&mut *self).poll_write_vectored(cx, bufs)
        }))
        .block()
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
