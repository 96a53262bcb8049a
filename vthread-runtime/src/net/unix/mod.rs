//! Sockets of the Unix domain. Mirrors [`std::os::unix::net`]; waiting suspends.
//!
//! | std | vthread | difference |
//! |---|---|---|
//! | `UnixStream` | [`UnixStream`] | waits suspend; `try_from` and `into_std` for `From` |
//! | `UnixListener`, `Incoming` | [`UnixListener`], [`Incoming`] | `for` over `incoming` suspends; a shortage of descriptors is reported after a pause |
//! | `UnixDatagram` | [`UnixDatagram`] | waits suspend |
//! | `SocketAddr` | [`SocketAddr`] | the same |
//! | `UnixStream::peer_cred`, `UCred` (unstable) | [`UnixStream::peer_cred`], [`UCred`] | on Linux |
//! | `set_nonblocking` | none | no operation blocks an OS thread |

mod credentials;
mod datagram;
mod listener;
mod stream;

pub use credentials::UCred;
pub use datagram::UnixDatagram;
pub use listener::{Incoming, UnixConnectionSteps, UnixListener};
pub use std::os::unix::net::SocketAddr;
pub use stream::UnixStream;
