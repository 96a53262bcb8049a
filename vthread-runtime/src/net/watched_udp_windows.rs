//! A socket for datagrams as the reactor watches it: mio's, since Windows reports of a socket only
//! what its operations have asked for.

use mio::{Interest, Registry, Token};
use std::fmt;
use std::io;
use std::ops::Deref;

/// The socket that makes the operations.
pub(super) type Socket = mio::net::UdpSocket;

/// What the reactor watches.
pub(super) struct Watched(pub(super) Socket);

impl From<std::net::UdpSocket> for Watched {
    /// The socket does not block from then on.
    fn from(socket: std::net::UdpSocket) -> Self {
        // Where that fails it is no socket, and cannot be registered either.
        let _ = socket.set_nonblocking(true);
        Watched(Socket::from_std(socket))
    }
}

impl Deref for Watched {
    type Target = Socket;
    fn deref(&self) -> &Socket {
        &self.0
    }
}

impl mio::event::Source for Watched {
    fn register(&mut self, registry: &Registry, token: Token, both: Interest) -> io::Result<()> {
        self.0.register(registry, token, both)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, both: Interest) -> io::Result<()> {
        self.0.reregister(registry, token, both)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.0.deregister(registry)
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
