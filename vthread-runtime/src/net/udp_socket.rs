//! A socket for datagrams.

use super::connect::no_address;
use super::datagrams::datagrams;
use super::ready::{Limits, as_std, limits};
use super::watched_udp::{Socket, Watched};
use super::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use crate::driver::{Direction, Source};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};
use std::io;
use std::net::UdpSocket as StdSocket;
use std::task::ready;

/// A socket for datagrams. As [`std::net::UdpSocket`].
///
/// Any number of vthreads may send and receive through one socket.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::UdpSocket;
///
/// let one = UdpSocket::bind("127.0.0.1:0").block()?; // In #[vthread] code without the .block()
/// let other = UdpSocket::bind("127.0.0.1:0").block()?;
/// one.send_to(b"words", other.local_addr()?).block()?;
/// let mut buf = [0; 16];
/// let (n, from) = other.recv_from(&mut buf).block()?;
/// assert_eq!((&buf[..n], from), (&b"words"[..], one.local_addr()?));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UdpSocket {
    source: Source<Watched>,
    limits: Limits,
}

/// The first of the addresses with which that succeeds.
async fn first<T>(
    addresses: impl ToSocketAddrs + Send,
    mut attempt: impl FnMut(SocketAddr) -> io::Result<T> + Send,
) -> io::Result<T> {
    let mut resolve = addresses.resolve();
    drop(addresses);
    let found = poll_fn(|cx| {
        ready!(checkpoint(cx));
        resolve.poll_found(cx)
    });
    let mut last_error = None;
    for address in found.await? {
        match attempt(address) {
            Ok(value) => return Ok(value),
            Err(error) => last_error = Some(error),
        }
    }
    Err(last_error.unwrap_or_else(no_address))
}

impl UdpSocket {
    /// A socket with the first of the addresses that is free.
    ///
    /// # Suspends
    /// Always a checkpoint, and while a name is looked up.
    ///
    /// # Cancellation
    /// Cancelled means that nothing was bound.
    ///
    /// # Errors
    /// The error of the last address, or that there is none.
    pub fn bind<A: ToSocketAddrs + Send>(
        addresses: A,
    ) -> Call<io::Result<UdpSocket>, impl Future<Output = io::Result<UdpSocket>> + Send> {
        Call::leaf(first(addresses, |address| {
            UdpSocket::of_ours(StdSocket::bind(address)?)
        }))
    }

    /// Makes one address the peer of [`send`](UdpSocket::send) and [`recv`](UdpSocket::recv).
    ///
    /// # Suspends
    /// Always a checkpoint, and while a name is looked up.
    ///
    /// # Cancellation
    /// Cancelled means that nothing has changed.
    ///
    /// # Errors
    /// The error of the last address, or that there is none.
    pub fn connect<A: ToSocketAddrs + Send>(
        &self,
        addresses: A,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send> {
        Call::leaf(first(addresses, |address| self.source.0.connect(address)))
    }

    /// Sends a datagram to the first of the addresses, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, while a name is looked up, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// The system's error.
    pub fn send_to<A: ToSocketAddrs + Send>(
        &self,
        buf: &[u8],
        addresses: A,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(async move {
            let to = first(addresses, Ok).await?;
            self.when_ready(Direction::Write, |socket| socket.send_to(buf, &to))
                .await
        })
    }

    /// As [`recv_from`](UdpSocket::recv_from), and leaves the datagram for the next receiver.
    ///
    /// # Suspends
    /// Always a checkpoint, and until one comes.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system's error.
    #[allow(clippy::type_complexity)]
    pub fn peek_from(
        &self,
        buf: &mut [u8],
    ) -> Call<
        io::Result<(usize, SocketAddr)>,
        impl Future<Output = io::Result<(usize, SocketAddr)>> + Send,
    > {
        Call::leaf(self.when_ready(Direction::Read, |socket| socket.peek_from(buf)))
    }

    /// As [`recv`](UdpSocket::recv), and leaves the datagram for the next receiver.
    ///
    /// # Suspends
    /// Always a checkpoint, and until one comes.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system's error.
    pub fn peek(
        &self,
        buf: &mut [u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(self.when_ready(Direction::Read, |socket| socket.peek(buf)))
    }

    as_std! { std::net::UdpSocket, |this| this.source.0;
        fn local_addr() -> SocketAddr;
        fn peer_addr() -> SocketAddr;
        fn broadcast() -> bool;
        fn set_broadcast(broadcast: bool) -> ();
        fn multicast_loop_v4() -> bool;
        fn set_multicast_loop_v4(is_on: bool) -> ();
        fn multicast_ttl_v4() -> u32;
        fn set_multicast_ttl_v4(ttl: u32) -> ();
        fn multicast_loop_v6() -> bool;
        fn set_multicast_loop_v6(is_on: bool) -> ();
        fn ttl() -> u32;
        fn set_ttl(ttl: u32) -> ();
        fn join_multicast_v4(multicast: &Ipv4Addr, interface: &Ipv4Addr) -> ();
        fn join_multicast_v6(multicast: &Ipv6Addr, interface: u32) -> ();
        fn leave_multicast_v4(multicast: &Ipv4Addr, interface: &Ipv4Addr) -> ();
        fn leave_multicast_v6(multicast: &Ipv6Addr, interface: u32) -> ();
        fn take_error() -> Option<io::Error>;
    }
    limits! {}
}

datagrams!(UdpSocket, std::net::UdpSocket, Socket, SocketAddr);
suspends!(UdpSocket: "connect" "send_to" "peek_from" "peek");
