//! A socket for datagrams of the Unix domain.

use super::{SocketAddr, UCred, credentials};
use crate::driver::{Descriptor, Direction, Source};
use crate::net::Shutdown;
use crate::net::datagrams::datagrams;
use crate::net::ready::{Limits, as_std, limits};
use crate::task::call::{Call, suspends};
use std::future::Future;
use std::io;
use std::os::unix::net::UnixDatagram as StdDatagram;
use std::path::Path;

/// A socket for datagrams of the Unix domain. As [`std::os::unix::net::UnixDatagram`].
///
/// Any number of vthreads may send and receive through one socket.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::UnixDatagram;
///
/// let (one, other) = UnixDatagram::pair()?;
/// one.send(b"words").block()?; // In #[vthread] code without the .block()
/// let mut buf = [0; 16];
/// assert_eq!(other.recv(&mut buf).block()?, 5);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixDatagram {
    source: Source<Descriptor<StdDatagram>>,
    limits: Limits,
}

impl UnixDatagram {
    /// A socket at `path`. Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
        UnixDatagram::of_ours(StdDatagram::bind(path)?)
    }

    /// A socket at `address`. Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind_addr(address: &SocketAddr) -> io::Result<UnixDatagram> {
        UnixDatagram::of_ours(StdDatagram::bind_addr(address)?)
    }

    /// A socket without an address.
    ///
    /// # Errors
    /// The system's error.
    pub fn unbound() -> io::Result<UnixDatagram> {
        UnixDatagram::of_ours(StdDatagram::unbound()?)
    }

    /// Two connected sockets.
    ///
    /// # Errors
    /// The system's error.
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (one, other) = StdDatagram::pair()?;
        Ok((UnixDatagram::of_ours(one)?, UnixDatagram::of_ours(other)?))
    }

    /// Makes the socket at `path` the peer of [`send`](UnixDatagram::send) and
    /// [`recv`](UnixDatagram::recv). Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.source.0.connect(path)
    }

    /// As [`connect`](UnixDatagram::connect). Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn connect_addr(&self, address: &SocketAddr) -> io::Result<()> {
        self.source.0.connect_addr(address)
    }

    /// Sends a datagram to the socket at `path`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// The system's error.
    pub fn send_to<P: AsRef<Path> + Send>(
        &self,
        buf: &[u8],
        path: P,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(async move {
            let to = SocketAddr::from_pathname(path)?;
            self.when_ready(Direction::Write, |socket| socket.send_to(buf, &to))
                .await
        })
    }

    /// Sends a datagram to the socket at `address`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// The system's error.
    pub fn send_to_addr(
        &self,
        buf: &[u8],
        address: &SocketAddr,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(self.when_ready(Direction::Write, |socket| socket.send_to(buf, address)))
    }

    /// Returns the process at the other end, as it was when the connection was made.
    ///
    /// # Errors
    /// The system's error.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        credentials::of_peer(self)
    }

    as_std! { std::os::unix::net::UnixDatagram, |this| this.source.0;
        fn local_addr() -> SocketAddr;
        fn peer_addr() -> SocketAddr;
        fn take_error() -> Option<io::Error>;
        fn shutdown(how: Shutdown) -> ();
    }
    limits! {}
}

datagrams!(UnixDatagram, StdDatagram, StdDatagram, SocketAddr);
suspends!(UnixDatagram: "send_to" "send_to_addr");
