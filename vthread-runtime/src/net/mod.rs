//! Sockets. Mirrors [`std::net`]; waiting suspends.
//!
//! | std | vthread | difference |
//! |---|---|---|
//! | `TcpStream` | [`TcpStream`] | `connect` tries the next address beside one that does not answer; `set_linger` as well |
//! | `TcpListener`, `Incoming` | [`TcpListener`], [`Incoming`] | `for` over `incoming` suspends; a shortage of descriptors is reported after a pause |
//! | `UdpSocket` | [`UdpSocket`] | time limits are those of the handle |
//! | `os::unix::net` | [`unix`], as [`os::unix::net`](crate::os::unix::net) too | |
//! | `ToSocketAddrs` | [`ToSocketAddrs`] | for std's types only; names are looked up on a helper thread |
//! | `IpAddr` .. `SocketAddr`, `Shutdown`, `AddrParseError` | the same | |
//! | `From<OwnedFd>`, `FromRawFd` (Windows: `OwnedSocket`, `FromRawSocket`) | `TryFrom<OwnedFd>`, `FromRawFd` | the system may be unable to watch it: an error, or a panic |
//! | `From<..> for OwnedFd`, `IntoRawFd`, `AsFd`, `AsRawFd` | the same, and `into_std` | |
//! | `set_nonblocking` | none | no operation blocks an OS thread; `default` in a `select!` is for what is not ready at once |
//! | none | [`TcpSocket`] | options before connecting and listening |
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks:
//! `listener.accept().block()`.

mod accept;
mod addresses;
mod connect;
mod conversions;
mod datagrams;
pub(crate) mod ready;
pub(crate) mod stream_limits;
mod tcp_listener;
mod tcp_socket;
mod tcp_stream;
mod udp_socket;
#[cfg(unix)]
pub mod unix;

// What differs from system to system.
#[cfg_attr(windows, path = "descriptors_windows.rs")]
mod descriptors;
#[cfg_attr(windows, path = "refusals_windows.rs")]
mod refusals;
#[cfg_attr(windows, path = "watched_udp_windows.rs")]
mod watched_udp;
#[cfg_attr(windows, path = "without_waiting_windows.rs")]
mod without_waiting;

pub use accept::Accept;
pub use addresses::{Resolve, ToSocketAddrs};
pub use connect::{Connect, ConnectTimeout};
pub use std::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6,
};
pub use tcp_listener::{Bind, ConnectionSteps, Incoming, NextConnection, TcpListener};
pub use tcp_socket::TcpSocket;
pub use tcp_stream::TcpStream;
pub use udp_socket::UdpSocket;
#[cfg(unix)]
pub use unix::{UnixDatagram, UnixListener, UnixStream};
