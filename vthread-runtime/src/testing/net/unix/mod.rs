//! Sockets of the Unix domain in memory, with the methods of
//! [`net::unix`](crate::net::unix)'s.
//!
//! A path is a name in the network of the test, and no file: nothing is made in the file system,
//! nothing has to be removed there, and the name is free again when its last socket is dropped. A
//! name without a socket is [`NotFound`](std::io::ErrorKind::NotFound), as the system's is after
//! the file was removed.

mod datagram;
mod listener;
mod name;
mod stream;

pub use crate::net::unix::UCred;
pub use datagram::UnixDatagram;
pub use listener::{Incoming, UnixListener};
pub use std::os::unix::net::SocketAddr;
pub use stream::UnixStream;

pub(super) use name::{BoundName, Name};
