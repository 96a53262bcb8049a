//! A listener of the Unix domain in memory.

use super::name::{BoundName, Taken};
use super::{SocketAddr, UnixStream};
use crate::sync::{Receiver, unbounded};
use crate::task::call::{Call, suspends};
use crate::testing::net::incoming::incoming;
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A listener of a test's network: see [`net::UnixListener`](crate::net::UnixListener).
#[derive(Debug)]
pub struct UnixListener(Arc<Listening>);

#[derive(Debug)]
struct Listening {
    /// Given back before what has not been accepted is closed.
    _name: Taken,
    address: SocketAddr,
    streams: Receiver<UnixStream>,
}

impl UnixListener {
    /// Listens at `path`, which is a name in the network of the test. Does not wait.
    ///
    /// # Errors
    /// Another socket of the test has the name, or it is none of the system's.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        UnixListener::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Listens at `address`. Does not wait.
    ///
    /// # Errors
    /// As of [`bind`](UnixListener::bind).
    pub fn bind_addr(address: &SocketAddr) -> io::Result<UnixListener> {
        let (sender, streams) = unbounded();
        Ok(UnixListener(Arc::new(Listening {
            _name: Taken::take(address, BoundName::Listener(sender))?,
            address: address.clone(),
            streams,
        })))
    }

    /// Waits for the next connection, and returns it with the address of its other side.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is one.
    ///
    /// # Cancellation
    /// It has not happened: the next call has the connection.
    ///
    /// # Errors
    /// None.
    pub fn accept(&self) -> Call<Accepted, impl Future<Output = Accepted> + Send> {
        let receive = self.0.streams.recv().into_frame();
        Call::leaf(async move {
            let stream = receive.await.map_err(io::Error::other)?;
            let peer = stream.peer_addr()?;
            Ok((stream, peer))
        })
    }

    /// Returns the address at which it listens.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.0.address.clone())
    }

    /// Returns another handle of the same listener.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(UnixListener(self.0.clone()))
    }

    /// Returns no error: there is none that no operation has returned.
    ///
    /// # Errors
    /// None.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(None)
    }
}

/// A connection, and the address of its other side.
type Accepted = io::Result<(UnixStream, SocketAddr)>;

suspends!(UnixListener: "accept");
incoming!(UnixListener, UnixStream);

impl<'l> IntoIterator for &'l UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'l>;

    fn into_iter(self) -> Incoming<'l> {
        self.incoming()
    }
}

impl<'l> crate::call::for_loop::IntoSuspendingIter for &'l UnixListener {
    type Steps = ConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        crate::call::for_loop::IntoSuspendingIter::into_steps(self.incoming())
    }
}
