//! A TCP connection.

use super::connect::{Connect, ConnectTimeout};
use super::conversions::conversions;
use super::ready::when_ready;
use super::stream_limits::{StreamLimits, stream};
use super::without_waiting::{WithoutWaiting, take_over};
use super::{Shutdown, SocketAddr, ToSocketAddrs};
use crate::driver::{Direction, Interest, Source};
use crate::io::inherent::inherent_io;
use crate::io::watched::{watched_polls, watched_traits};
use crate::task::call::{Call, suspends};
use crate::time::Duration;
use socket2::SockRef;
use std::future::Future;
use std::io;
use std::task::{Context, Poll};

/// A TCP connection.
///
/// As [`std::net::TcpStream`]. It reads and writes in three ways, also through a shared reference,
/// so that one vthread can read while another writes:
/// - by its own methods, which suspend, and those of [`io::Read`](crate::io::Read) and
///   [`io::Write`](crate::io::Write) of this library, which a `&TcpStream` has as well;
/// - `AsyncRead` and `AsyncWrite` of `futures-io`, for libraries written against them;
/// - [`std::io::Read`] and [`std::io::Write`], which block, for libraries written against those.
///
/// The methods of the type come before those of a trait. A `&TcpStream` has none of its own, so
/// code that reads and writes through it imports the traits of this library, not std's. Dropping it
/// closes the connection.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::{Read, Write};
/// use vthread::net::{TcpListener, TcpStream};
///
/// // In #[vthread] code without the .block()
/// let listener = TcpListener::bind("127.0.0.1:0").block()?;
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
    limits: StreamLimits,
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
    /// The error of the last address, or that there is none.
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
    /// [`io::ErrorKind::TimedOut`] after `limit`, and the error of the connection.
    pub fn connect_timeout(
        address: &SocketAddr,
        limit: Duration,
    ) -> Call<io::Result<TcpStream>, ConnectTimeout> {
        Call::leaf(ConnectTimeout::to(address, limit))
    }

    /// A connection that is being made: `poll_connected` tells when it is there.
    pub(super) fn begin_to_connect(address: SocketAddr) -> io::Result<Self> {
        TcpStream::being_made(mio::net::TcpStream::connect(address)?)
    }

    /// The same of a socket that connects already.
    pub(super) fn being_made(stream: mio::net::TcpStream) -> io::Result<Self> {
        Ok(TcpStream {
            source: Source::new(stream, Interest::NONE)?,
            limits: StreamLimits::default(),
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
            limits: StreamLimits::default(),
        })
    }

    /// Returns the address of the other side.
    ///
    /// # Errors
    /// The system's error.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.source.peer_addr()
    }

    /// Returns the address of this side.
    ///
    /// # Errors
    /// The system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.local_addr()
    }

    /// Returns whether small packets are sent at once.
    ///
    /// # Errors
    /// The system's error.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.source.nodelay()
    }

    /// Sends small packets at once, or collects them.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.source.set_nodelay(nodelay)
    }

    /// Returns the time to live of packets.
    ///
    /// # Errors
    /// The system's error.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.ttl()
    }

    /// Sets the time to live of packets.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.source.set_ttl(ttl)
    }

    /// Ends one direction of the connection or both. Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.shutdown(how)
    }

    /// Takes the error that the connection has met, if any.
    ///
    /// # Errors
    /// The system's error.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.source.take_error()
    }

    /// Waits for something to read, copies it into `buf`, and leaves it for the next reader.
    /// Returns the number of bytes; 0 means the end.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system's error.
    pub fn peek(
        &self,
        buf: &mut [u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(when_ready(
            &self.source,
            Direction::Read,
            self.limits.get(Direction::Read),
            |stream| WithoutWaiting(stream).peek(buf),
        ))
    }

    /// Returns how long a close goes on to send the rest, in the background. None: the system's
    /// default.
    ///
    /// # Errors
    /// The system's error.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        SockRef::from(self).linger()
    }

    /// Sets how long a close goes on to send the rest; `None` is the system's default. A zero limit
    /// drops the rest, and resets the connection.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_linger(&self, limit: Option<Duration>) -> io::Result<()> {
        SockRef::from(self).set_linger(limit)
    }

    /// Returns whether what is received is acknowledged at once.
    ///
    /// # Errors
    /// The system's error.
    #[cfg(target_os = "linux")]
    pub fn quickack(&self) -> io::Result<bool> {
        SockRef::from(self).tcp_quickack()
    }

    /// Has what is received acknowledged at once, until the system decides anew.
    ///
    /// # Errors
    /// The system's error.
    #[cfg(target_os = "linux")]
    pub fn set_quickack(&self, quickack: bool) -> io::Result<()> {
        SockRef::from(self).set_tcp_quickack(quickack)
    }

    stream! {}

    watched_polls!(Read | stream | WithoutWaiting(stream));
    watched_polls!(Write | stream | WithoutWaiting(stream));

    fn from_socket(stream: std::net::TcpStream) -> io::Result<Self> {
        take_over(&stream)?;
        TcpStream::accepted(mio::net::TcpStream::from_std(stream))
    }

    fn into_socket(self) -> std::net::TcpStream {
        self.source.into_inner().into()
    }
}

inherent_io!(TcpStream: Read Write);
watched_traits!(Read TcpStream);
watched_traits!(Read & TcpStream);
watched_traits!(Write TcpStream);
watched_traits!(Write & TcpStream);
conversions!(TcpStream, std::net::TcpStream);
suspends!(TcpStream: "peek");

#[cfg(all(test, not(loom)))]
#[path = "tcp_tests.rs"]
mod tests;
