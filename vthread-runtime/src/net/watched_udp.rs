//! A socket for datagrams as the reactor watches it: std's, which is a descriptor as any other.

use crate::driver::Descriptor;

/// The socket that makes the operations.
pub(super) type Socket = std::net::UdpSocket;

/// What the reactor watches.
pub(super) type Watched = Descriptor<Socket>;
