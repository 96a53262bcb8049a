//! A socket of TCP before it connects or listens.

use super::connect::connect_with;
use super::descriptors::descriptor_of_field;
use super::{SocketAddr, TcpListener, TcpStream};
use crate::task::call::{Call, suspends};
use crate::time::Duration;
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use std::future::Future;
use std::io;

/// A socket of TCP before it connects or listens, whose options can still be set.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::TcpSocket;
///
/// let socket = TcpSocket::new_v4()?;
/// socket.set_reuseaddr(true)?;
/// socket.bind("127.0.0.1:0".parse().unwrap())?;
/// let listener = socket.listen(1024)?;
/// let client = TcpSocket::new_v4()?;
/// client.set_nodelay(true)?;
/// // In #[vthread] code without the .block()
/// let stream = client.connect(listener.local_addr()?).block()?;
/// assert!(stream.nodelay()?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TcpSocket {
    socket: Socket,
}

/// The options, as socket2 has them.
macro_rules! options {
    ($($(#[$doc:meta])* $get:ident, $set:ident: $ty:ty = $of_get:ident, $of_set:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// The system's error.
            pub fn $get(&self) -> io::Result<$ty> {
                self.socket.$of_get()
            }

            #[doc = concat!("Sets what [`", stringify!($get), "`](TcpSocket::", stringify!($get), ") tells.")]
            ///
            /// # Errors
            /// The system's error.
            pub fn $set(&self, value: $ty) -> io::Result<()> {
                self.socket.$of_set(value)
            }
        )*
    };
}

impl TcpSocket {
    /// A socket of IPv4.
    ///
    /// # Errors
    /// The system's error.
    pub fn new_v4() -> io::Result<TcpSocket> {
        TcpSocket::new(Domain::IPV4)
    }

    /// A socket of IPv6.
    ///
    /// # Errors
    /// The system's error.
    pub fn new_v6() -> io::Result<TcpSocket> {
        TcpSocket::new(Domain::IPV6)
    }

    fn new(domain: Domain) -> io::Result<TcpSocket> {
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        Ok(TcpSocket { socket })
    }

    options! {
        /// Whether an address may be bound that an old connection still has.
        reuseaddr, set_reuseaddr: bool = reuse_address, set_reuse_address;
        /// Whether the system looks from time to time whether the other side is still there.
        keepalive, set_keepalive: bool = keepalive, set_keepalive;
        /// Returns whether small packets are sent at once.
        nodelay, set_nodelay: bool = tcp_nodelay, set_tcp_nodelay;
        /// How long a close goes on with what has not been sent.
        linger, set_linger: Option<Duration> = linger, set_linger;
    }

    /// How many bytes the system keeps that have come and have not been read.
    ///
    /// # Errors
    /// The system's error.
    pub fn recv_buffer_size(&self) -> io::Result<u32> {
        Ok(u32::try_from(self.socket.recv_buffer_size()?).unwrap_or(u32::MAX))
    }

    /// Sets what [`recv_buffer_size`](TcpSocket::recv_buffer_size) tells. The system may take more,
    /// or less.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_recv_buffer_size(&self, size: u32) -> io::Result<()> {
        self.socket.set_recv_buffer_size(size as usize)
    }

    /// How many bytes the system keeps that have been written and have not arrived.
    ///
    /// # Errors
    /// The system's error.
    pub fn send_buffer_size(&self) -> io::Result<u32> {
        Ok(u32::try_from(self.socket.send_buffer_size()?).unwrap_or(u32::MAX))
    }

    /// Sets what [`send_buffer_size`](TcpSocket::send_buffer_size) tells. The system may take more,
    /// or less.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_send_buffer_size(&self, size: u32) -> io::Result<()> {
        self.socket.set_send_buffer_size(size as usize)
    }

    /// After how long a silence the system looks whether the other side is still there, and how
    /// often from then on.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_keepalive_times(&self, silence: Duration, interval: Duration) -> io::Result<()> {
        let times = TcpKeepalive::new()
            .with_time(silence)
            .with_interval(interval);
        self.socket.set_tcp_keepalive(&times)
    }

    /// Gives this side an address.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        self.socket.bind(&address.into())
    }

    /// Returns the address of this side.
    ///
    /// # Errors
    /// The system's error.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let address = self.socket.local_addr()?.as_socket();
        address.ok_or_else(|| io::Error::other("the socket is of no internet"))
    }

    /// Takes the error that the socket has met, if any.
    ///
    /// # Errors
    /// The system's error.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// Opens a connection.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the other side answers.
    ///
    /// # Cancellation
    /// The connection is given up, also if it has just been made.
    ///
    /// # Errors
    /// Why the connection failed.
    pub fn connect(
        self,
        address: SocketAddr,
    ) -> Call<io::Result<TcpStream>, impl Future<Output = io::Result<TcpStream>> + Send> {
        Call::leaf(connect_with(self.socket, address))
    }

    /// Accepts connections. The system keeps `backlog` of them, at most, that have not been
    /// accepted.
    ///
    /// # Errors
    /// The system's error.
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        self.socket.listen(backlog)?;
        TcpListener::try_from(std::net::TcpListener::from(self.socket))
    }
}

#[cfg(unix)]
impl TcpSocket {
    options! {
        /// Whether several sockets may be bound to one address, and share what comes.
        reuseport, set_reuseport: bool = reuse_port, set_reuse_port;
    }
}

suspends!(TcpSocket: "connect");

descriptor_of_field!(TcpSocket, socket);
