//! A connection of the Unix domain.

use super::{SocketAddr, UCred, credentials};
use crate::driver::{Descriptor, Source};
use crate::io::inherent::inherent_io;
use crate::io::watched::{watched_polls, watched_traits};
use crate::net::Shutdown;
use crate::net::conversions::conversions;
use crate::net::ready::as_std;
use crate::net::stream_limits::{StreamLimits, stream};
use crate::net::without_waiting::WithoutWaiting;
use crate::task::call::Call;
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::{Future, poll_fn};
use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;

/// How long `connect` waits for a place in a full queue: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LAST_PAUSE: Duration = Duration::from_millis(32);

/// A connection of the Unix domain. As [`std::os::unix::net::UnixStream`].
///
/// It reads and writes as a [`TcpStream`](crate::net::TcpStream) does, also through a shared
/// reference.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::UnixStream;
///
/// let (mut one, mut other) = UnixStream::pair()?;
/// one.write_all(b"ping").block()?; // In #[vthread] code without the .block()
/// let mut buf = [0; 4];
/// other.read_exact(&mut buf).block()?;
/// assert_eq!(&buf, b"ping");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixStream {
    source: Source<Descriptor<StdStream>>,
    limits: StreamLimits,
}

impl UnixStream {
    /// Opens a connection to the socket at `path`.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the queue of the listener is full.
    ///
    /// # Cancellation
    /// Cancelled means that there is no connection.
    ///
    /// # Errors
    /// The system's error.
    pub fn connect<P: AsRef<Path>>(
        path: P,
    ) -> Call<io::Result<UnixStream>, impl Future<Output = io::Result<UnixStream>> + Send + use<P>>
    {
        let address = SocketAddr::from_pathname(path);
        Call::leaf(async move { connected(address?).await })
    }

    /// Opens a connection to the socket at `address`.
    ///
    /// # Suspends
    /// Always a checkpoint, and while the queue of the listener is full.
    ///
    /// # Cancellation
    /// Cancelled means that there is no connection.
    ///
    /// # Errors
    /// The system's error.
    pub fn connect_addr(
        address: &SocketAddr,
    ) -> Call<io::Result<UnixStream>, impl Future<Output = io::Result<UnixStream>> + Send + use<>>
    {
        Call::leaf(connected(address.clone()))
    }

    /// Two connected sockets.
    ///
    /// # Errors
    /// The system's error.
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (one, other) = StdStream::pair()?;
        Ok((UnixStream::of_ours(one)?, UnixStream::of_ours(other)?))
    }

    /// Returns the process at the other end, as it was when the connection was made.
    ///
    /// # Errors
    /// The system's error.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        credentials::of_peer(self)
    }

    as_std! { std::os::unix::net::UnixStream, |this| this.source.0;
        fn local_addr() -> SocketAddr;
        fn peer_addr() -> SocketAddr;
        fn take_error() -> Option<io::Error>;
        fn shutdown(how: Shutdown) -> ();
    }

    stream! {}

    watched_polls!(Read | stream | WithoutWaiting(&stream.0));
    watched_polls!(Write | stream | WithoutWaiting(&stream.0));
}

/// The system connects at once, or reports that the queue is full; it does not report when that
/// ends.
async fn connected(address: SocketAddr) -> io::Result<UnixStream> {
    let mut pause = FIRST_PAUSE;
    loop {
        poll_fn(checkpoint).await;
        match mio::net::UnixStream::connect_addr(&address) {
            Ok(stream) => return UnixStream::from_socket(stream.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Sleep::for_duration(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

inherent_io!(UnixStream: Read Write);
watched_traits!(Read UnixStream);
watched_traits!(Read & UnixStream);
watched_traits!(Write UnixStream);
watched_traits!(Write & UnixStream);
conversions!(UnixStream, std::os::unix::net::UnixStream, limits);
