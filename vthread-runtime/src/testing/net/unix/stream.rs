//! A stream of the Unix domain in memory.

use super::name::{BoundName, find, own_credentials, unnamed, wrong_kind};
use super::{SocketAddr, UCred};
use crate::net::stream_limits::StreamLimits;
use crate::task::call::Call;
use crate::task::current::checkpoint;
use crate::testing::net::connection::{Connection, of_connection};
use crate::testing::net::place;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

/// A stream of a test's network: see [`net::UnixStream`](crate::net::UnixStream).
///
/// It reads and writes as that does, also through a shared reference, and its handles can be
/// cloned.
///
/// # Cancellation
/// A cancelled read or write has not happened.
#[derive(Debug)]
pub struct UnixStream {
    connection: Arc<Connection>,
    local: SocketAddr,
    peer: SocketAddr,
    limits: StreamLimits,
}

impl UnixStream {
    /// Connects to the listener at `path`, in this test.
    ///
    /// # Suspends
    /// Always a checkpoint, and as long as the network needs.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// There is no listener.
    pub fn connect<P: AsRef<Path>>(
        path: P,
    ) -> Call<io::Result<UnixStream>, impl Future<Output = io::Result<UnixStream>> + Send + use<P>>
    {
        let address = SocketAddr::from_pathname(path);
        Call::leaf(async move { connected(address?).await })
    }

    /// Connects to the listener at `address`, in this test.
    ///
    /// # Suspends
    /// Always a checkpoint, and as long as the network needs.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// There is no listener.
    pub fn connect_addr(
        address: &SocketAddr,
    ) -> Call<io::Result<UnixStream>, impl Future<Output = io::Result<UnixStream>> + Send + use<>>
    {
        Call::leaf(connected(address.clone()))
    }

    /// Two connected streams without names.
    ///
    /// # Errors
    /// None.
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        UnixStream::with_names(unnamed()?, unnamed()?)
    }

    /// Two connected streams, the first with the name `local`.
    fn with_names(local: SocketAddr, peer: SocketAddr) -> io::Result<(UnixStream, UnixStream)> {
        let (here, there) = Connection::pair();
        let of = |connection, local: &SocketAddr, peer: &SocketAddr| UnixStream {
            connection,
            local: local.clone(),
            peer: peer.clone(),
            limits: StreamLimits::default(),
        };
        Ok((of(here, &local, &peer), of(there, &peer, &local)))
    }

    /// Returns another handle of the same stream, with time limits of its own.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(UnixStream {
            connection: self.connection.clone(),
            local: self.local.clone(),
            peer: self.peer.clone(),
            limits: StreamLimits::default(),
        })
    }

    /// Returns the process at the other end, which is this one.
    ///
    /// # Errors
    /// None.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        Ok(own_credentials())
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local.clone())
    }

    /// Returns the address of the other end.
    ///
    /// # Errors
    /// None.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer.clone())
    }
}

async fn connected(peer: SocketAddr) -> io::Result<UnixStream> {
    poll_fn(checkpoint).await;
    place::delay().await;
    let BoundName::Listener(sender) = find(place::number(), &peer)? else {
        return Err(wrong_kind());
    };
    let (here, there) = UnixStream::with_names(unnamed()?, peer)?;
    if sender.try_send(there).is_err() {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    Ok(here)
}

of_connection!(UnixStream);
