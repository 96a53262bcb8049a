//! The names of sockets.

use super::datagram::Peer;
use super::stream::UnixStream;
use super::{SocketAddr, UCred};
use crate::sync::Sender;
use crate::testing::net::place;
use std::io::{self, ErrorKind};
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::path::PathBuf;

/// A name that a socket can have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::testing::net) enum Name {
    Path(PathBuf),
    /// A name that is no path.
    #[cfg(target_os = "linux")]
    Abstract(Vec<u8>),
}

/// The socket that has a name.
#[derive(Debug, Clone)]
pub(in crate::testing::net) enum BoundName {
    Listener(Sender<UnixStream>),
    Datagrams(Peer),
}

impl Name {
    /// The name in `address`.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn of(address: &SocketAddr) -> io::Result<Name> {
        if let Some(path) = address.as_pathname() {
            return Ok(Name::Path(path.to_owned()));
        }
        #[cfg(target_os = "linux")]
        if let Some(name) = address.as_abstract_name() {
            return Ok(Name::Abstract(name.to_owned()));
        }
        Err(io::Error::new(
            ErrorKind::InvalidInput,
            "an address of the Unix domain in memory has a name",
        ))
    }
}

/// A name that is taken, in a network, until it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    place: usize,
    name: Name,
}

impl Taken {
    /// Gives the name in `address` to a socket.
    ///
    /// # Errors
    /// There is none, or another socket has it.
    pub(super) fn take(address: &SocketAddr, socket: BoundName) -> io::Result<Taken> {
        let name = Name::of(address)?;
        place::here(|place| {
            if place.names.contains_key(&name) {
                return Err(ErrorKind::AddrInUse.into());
            }
            place.names.insert(name.clone(), socket);
            Ok(())
        })
        .map(|()| Taken {
            place: place::number(),
            name,
        })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let socket = place::at(self.place, |place| place.names.remove(&self.name));
        // With what has not been accepted or received: outside the lock.
        drop(socket);
    }
}

/// The socket that has the name in `address`, in the network with this number.
///
/// # Errors
/// None has it.
pub(super) fn find(number: usize, address: &SocketAddr) -> io::Result<BoundName> {
    let name = Name::of(address)?;
    let found = place::at(number, |place| place.names.get(&name).cloned());
    found.ok_or(ErrorKind::NotFound.into())
}

/// The error of the system for a socket of the wrong kind.
pub(super) fn wrong_kind() -> io::Error {
    io::Error::from_raw_os_error(libc::EPROTOTYPE)
}

/// The address of a socket without a name.
pub(super) fn unnamed() -> io::Result<SocketAddr> {
    SocketAddr::from_pathname("")
}

/// The process at the other end: this one.
pub(super) fn own_credentials() -> UCred {
    UCred {
        uid: rustix::process::getuid().as_raw(),
        gid: rustix::process::getgid().as_raw(),
        pid: Some(rustix::process::getpid().as_raw_nonzero().get()),
    }
}
