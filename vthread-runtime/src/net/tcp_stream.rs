//! A TCP connection.

use super::connect::{Connect, ConnectTimeout};
use super::{Shutdown, SocketAddr, ToSocketAddrs};
use crate::driver::{Direction, Interest, Source};
use crate::io::inherent::inherent_io;
use crate::task::call::Call;
use crate::task::current::checkpoint;
use crate::time::Duration;
use futures_io::{AsyncRead, AsyncWrite};
use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A TCP connection.
///
/// As [`std::net::TcpStream`]. It reads and writes in three ways, also through a shared reference, so that one
/// vthread can read while another writes:
/// - by its own methods, which suspend, and those of [`io::Read`](crate::io::Read) and [`io::Write`](crate::io::Write) of this
///   library, which a `&TcpStream` has as well;
/// - `AsyncRead` and `AsyncWrite` of `futures-io`, for libraries written against them;
/// - [`std::io::Read`] and [`std::io::Write`], which block, for libraries written against those.
///
/// The methods of the type come before those of a trait. A `&TcpStream` has none of its own, so code that reads and writes
/// through it imports the traits of this library, not std's.
/// Dropping it closes the connection.
///
/// # Examples
/// ```
/// use vthread_runtime::io::{Read, Write};
/// use vthread_runtime::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("127.0.0.1:0").block()?; // In #[vthread] code without the .block()
/// let mut client = TcpStream::connect(listener.local_addr()?).block()?;
/// let (mut server, _) = listener.accept().block()?;
/// client.write_all(b"ping").block()?;
/// let mut buf = [0; 4];
/// server.read_exact(&mut buf).block()?;
/// assert_eq!(&buf, b"ping");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpStream {
    source: Source<mio::net::TcpStream>,
}

impl TcpStream {
    /// Opens a connection to the first of the addresses that accepts it.
    ///
    /// # Suspends
    /// Always a checkpoint, while a name is looked up, and until the other side answers.
    ///
    /// # Cancellation
    /// The connection is given up, also if it has just been made.
    ///
    /// # Errors
    /// Why the last of the addresses failed, or that there is none.
    pub fn connect<A: ToSocketAddrs>(address: A) -> Call<io::Result<TcpStream>, Connect> {
        Call::leaf(Connect::to(address))
    }

    /// As [`connect`](TcpStream::connect), within `limit`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the other side answers.
    ///
    /// # Cancellation
    /// The connection is given up, also if it has just been made.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] after `limit`, and why the connection failed.
    pub fn connect_timeout(
        address: &SocketAddr,
        limit: Duration,
    ) -> Call<io::Result<TcpStream>, ConnectTimeout> {
        Call::leaf(ConnectTimeout::to(address, limit))
    }

    /// A connection that is being made: `poll_connected` tells when it is there.
    pub(super) fn begin_to_connect(address: SocketAddr) -> io::Result<Self> {
        let stream = mio::net::TcpStream::connect(address)?;
        Ok(TcpStream {
            source: Source::new(stream, Interest::NONE)?,
        })
    }

    /// Whether the connection has been made.
    pub(super) fn poll_connected(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.source.poll_io(Direction::Write, cx, |stream| {
            if let Some(error) = stream.take_error()? {
                return Err(error);
            }
            match stream.peer_addr() {
                Ok(_) => Ok(()),
                // It is still being made.
                Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                    Err(io::ErrorKind::WouldBlock.into())
                }
                Err(error) => Err(error),
            }
        })
    }

    pub(super) fn accepted(stream: mio::net::TcpStream) -> io::Result<Self> {
        Ok(TcpStream {
            source: Source::new(stream, Interest::BOTH)?,
        })
    }

    /// The address of the other side.
    ///
    /// # Errors
    /// What the system says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.source.peer_addr()
    }

    /// The address of this side.
    ///
    /// # Errors
    /// What the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.local_addr()
    }

    /// Whether small packets are sent at once.
    ///
    /// # Errors
    /// What the system says.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.source.nodelay()
    }

    /// Sends small packets at once, or collects them.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.source.set_nodelay(nodelay)
    }

    /// The time to live of packets.
    ///
    /// # Errors
    /// What the system says.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.ttl()
    }

    /// Sets the time to live of packets.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.source.set_ttl(ttl)
    }

    /// Ends one direction of the connection or both. Does not wait.
    ///
    /// # Errors
    /// What the system says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.shutdown(how)
    }

    /// Takes the error that the connection has met, if any.
    ///
    /// # Errors
    /// What the system says.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.source.take_error()
    }

    /// Another handle of the same connection.
    ///
    /// # Errors
    /// The system has no more descriptors.
    pub fn try_clone(&self) -> io::Result<Self> {
        TcpStream::try_from(std::net::TcpStream::from(
            self.as_fd().try_clone_to_owned()?,
        ))
    }

    fn poll_read_shared(&self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.source
            .poll_transfer(Direction::Read, buf.len(), cx, |mut stream| {
                stream.read(buf)
            })
    }

    fn poll_write_shared(&self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.source
            .poll_transfer(Direction::Write, buf.len(), cx, |mut stream| {
                stream.write(buf)
            })
    }

    fn poll_read_vectored_shared(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        let wanted = bufs.iter().map(|buf| buf.len()).sum();
        self.source
            .poll_transfer(Direction::Read, wanted, cx, |mut stream| {
                stream.read_vectored(bufs)
            })
    }

    fn poll_write_vectored_shared(
        &self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        let wanted = bufs.iter().map(|buf| buf.len()).sum();
        self.source
            .poll_transfer(Direction::Write, wanted, cx, |mut stream| {
                stream.write_vectored(bufs)
            })
    }

    fn poll_close_shared(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(checkpoint(cx));
        match self.shutdown(Shutdown::Write) {
            // The other side was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Poll::Ready(Ok(())),
            result => Poll::Ready(result),
        }
    }
}

impl TryFrom<std::net::TcpStream> for TcpStream {
    type Error = io::Error;

    /// Makes a connection of std's non-blocking, and has it watched.
    fn try_from(stream: std::net::TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        TcpStream::accepted(mio::net::TcpStream::from_std(stream))
    }
}

/// Reads and writes through `$this`, an expression of type `&TcpStream`, in the two foreign ways.
macro_rules! foreign_traits {
    ($ty:ty) => {
        impl AsyncRead for $ty {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                self.poll_read_shared(cx, buf)
            }

            fn poll_read_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &mut [IoSliceMut<'_>],
            ) -> Poll<io::Result<usize>> {
                self.poll_read_vectored_shared(cx, bufs)
            }
        }

        impl AsyncWrite for $ty {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.poll_write_shared(cx, buf)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.poll_write_vectored_shared(cx, bufs)
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                // What was written is the system's already.
                checkpoint(cx).map(Ok)
            }

            fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_close_shared(cx)
            }
        }

        impl Read for $ty {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| self.poll_read_shared(cx, buf))).block()
            }

            fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| self.poll_read_vectored_shared(cx, bufs))).block()
            }
        }

        impl Write for $ty {
            fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| self.poll_write_shared(cx, buf))).block()
            }

            fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
                Call::leaf(poll_fn(|cx| self.poll_write_vectored_shared(cx, bufs))).block()
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
    };
}
inherent_io!(TcpStream: Read Write);

foreign_traits!(TcpStream);
foreign_traits!(&TcpStream);

impl AsFd for TcpStream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.as_fd()
    }
}

impl AsRawFd for TcpStream {
    fn as_raw_fd(&self) -> RawFd {
        self.source.as_raw_fd()
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

#[cfg(all(test, not(loom)))]
#[path = "tcp_tests.rs"]
mod tests;
