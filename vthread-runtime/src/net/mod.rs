//! TCP. Mirrors [`std::net`]; waiting suspends.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `listener.accept().block()`.

mod accept;
mod addresses;
mod connect;
mod conversions;
mod ready;
mod tcp_listener;
mod tcp_stream;
mod udp_socket;
pub mod unix;

pub use accept::Accept;
pub use addresses::{Resolve, ToSocketAddrs};
pub use connect::{Connect, ConnectTimeout};
pub use std::net::{
    AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6,
};
pub use tcp_listener::{Bind, ConnectionSteps, Incoming, NextConnection, TcpListener};
pub use tcp_stream::TcpStream;
pub use udp_socket::UdpSocket;
pub use unix::{UnixDatagram, UnixListener, UnixStream};
