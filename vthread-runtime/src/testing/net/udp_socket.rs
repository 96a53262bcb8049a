//! A socket for datagrams in memory, over a network that delays and loses.

use super::inbox::{Datagram, Inbox};
use super::listener::first;
use super::place::{self, Place};
use super::within::within;
use crate::base::clock;
use crate::driver::Direction;
use crate::net::ready::{Limits, limits};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

/// How many bytes a datagram has at most.
const MOST_BYTES: usize = 65_507;

/// A socket of a test's network: see [`net::UdpSocket`](crate::net::UdpSocket).
///
/// In a test with a seed a datagram arrives late, and may be overtaken by a later one. Where
/// [`Conditions`](super::Conditions) cut connections, one in so many datagrams is lost. It is lost
/// as well if no socket has the address, or if more than 208 KiB have not been received, of which
/// each datagram takes at least 256 bytes.
#[derive(Debug)]
pub struct UdpSocket {
    bound: Arc<Bound>,
    limits: Limits,
}

#[derive(Debug)]
struct Bound {
    place: usize,
    address: SocketAddr,
    inbox: Arc<Inbox<SocketAddr>>,
}

type Received = io::Result<(usize, SocketAddr)>;

impl UdpSocket {
    /// A socket at `address`. With the port 0 at any that is free.
    ///
    /// # Suspends
    /// Always a checkpoint, and for nothing else.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// Another socket of the test has the address.
    pub fn bind<A: ToSocketAddrs>(
        address: A,
    ) -> Call<io::Result<UdpSocket>, impl Future<Output = io::Result<UdpSocket>> + use<A>> {
        let address = first(address);
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut address = address?;
            let inbox = Arc::new(Inbox::new(false));
            place::here(|place| {
                let taken = |place: &Place, at: &_| place.inboxes.contains_key(at);
                if address.port() == 0 {
                    address = place.at_any_port(address, taken);
                }
                if taken(place, &address) {
                    return Err(io::Error::from(ErrorKind::AddrInUse));
                }
                place.inboxes.insert(address, inbox.clone());
                Ok(())
            })?;
            Ok(UdpSocket {
                bound: Arc::new(Bound {
                    place: place::number(),
                    address,
                    inbox,
                }),
                limits: Limits::default(),
            })
        })
    }

    /// Makes one address the peer of [`send`](UdpSocket::send) and [`recv`](UdpSocket::recv). What
    /// others send is lost.
    ///
    /// # Suspends
    /// Always a checkpoint, and for nothing else.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// There is no such address.
    pub fn connect<A: ToSocketAddrs>(
        &self,
        address: A,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + use<'_, A>> {
        let address = first(address);
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            self.bound.inbox.connect(address?, true);
            Ok(())
        })
    }

    /// Sends a datagram, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and for nothing else.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// There is no such address, or the datagram is longer than 65,507 bytes.
    pub fn send_to<A: ToSocketAddrs>(
        &self,
        buf: &[u8],
        address: A,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>>> {
        let address = first(address);
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            self.sent(buf, address?)
        })
    }

    /// Sends a datagram to the peer that [`connect`](UdpSocket::connect) has set, and returns the
    /// number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and for nothing else.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// There is no peer, or the datagram is longer than 65,507 bytes.
    pub fn send(
        &self,
        buf: &[u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>>> {
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            self.sent(buf, self.peer_addr()?)
        })
    }

    /// Receives a datagram. Returns how many bytes of it are in `buf`, and from where it came. The
    /// rest is lost.
    ///
    /// # Suspends
    /// Always a checkpoint, and until one comes.
    ///
    /// # Cancellation
    /// Cancelled means not received.
    ///
    /// # Errors
    /// The time limit is over.
    pub fn recv_from(&self, buf: &mut [u8]) -> Call<Received, impl Future<Output = Received>> {
        Call::leaf(self.received(buf, true))
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
    /// The time limit is over.
    pub fn peek_from(&self, buf: &mut [u8]) -> Call<Received, impl Future<Output = Received>> {
        Call::leaf(self.received(buf, false))
    }

    /// Receives a datagram, of the peer if [`connect`](UdpSocket::connect) has set one. Returns how
    /// many bytes of it are in `buf`. The rest is lost.
    ///
    /// # Suspends
    /// Always a checkpoint, and until one comes.
    ///
    /// # Cancellation
    /// Cancelled means not received.
    ///
    /// # Errors
    /// The time limit is over.
    pub fn recv(
        &self,
        buf: &mut [u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>>> {
        let received = self.received(buf, true);
        Call::leaf(async move { received.await.map(|(n, _)| n) })
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
    /// The time limit is over.
    pub fn peek(
        &self,
        buf: &mut [u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>>> {
        let received = self.received(buf, false);
        Call::leaf(async move { received.await.map(|(n, _)| n) })
    }

    /// Returns the socket's address.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.bound.address)
    }

    /// Returns another handle of the same socket, with time limits of its own.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(UdpSocket {
            bound: self.bound.clone(),
            limits: Limits::default(),
        })
    }

    limits! {}

    /// Returns the address that [`connect`](UdpSocket::connect) has set.
    ///
    /// # Errors
    /// None was set.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.bound
            .inbox
            .peer()
            .ok_or(ErrorKind::NotConnected.into())
    }

    async fn received(&self, buf: &mut [u8], takes: bool) -> Received {
        let limit = self.limits.get(Direction::Read);
        let datagram = within(limit, async {
            let received = self.bound.inbox.receive(takes).await;
            received.ok_or(ErrorKind::BrokenPipe.into())
        })
        .await?;
        let n = datagram.bytes.len().min(buf.len());
        buf[..n].copy_from_slice(&datagram.bytes[..n]);
        Ok((n, datagram.from))
    }

    fn sent(&self, buf: &[u8], to: SocketAddr) -> io::Result<usize> {
        if buf.len() > MOST_BYTES {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "a datagram has at most 65,507 bytes",
            ));
        }
        let conditions = place::conditions();
        if conditions.draw_cut() {
            return Ok(buf.len());
        }
        let datagram = Datagram {
            bytes: buf.to_vec(),
            from: seen(self.bound.address),
            arrives: clock::now() + conditions.draw_delay(),
        };
        let inbox = place::at(self.bound.place, |place| {
            let anywhere = SocketAddr::new(unspecified(to), to.port());
            let exact = place.inboxes.get(&to);
            exact.or_else(|| place.inboxes.get(&anywhere)).cloned()
        });
        if let Some(inbox) = inbox {
            // What is refused is lost, as on its way.
            let _ = inbox.put(datagram);
        }
        Ok(buf.len())
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        let inbox = place::at(self.place, |place| place.inboxes.remove(&self.address));
        // With what was not received: outside the lock.
        drop(inbox);
    }
}

suspends!(UdpSocket: "bind" "connect" "send_to" "send" "recv_from" "recv" "peek_from" "peek");

/// A socket with this address has all of the machine.
fn unspecified(like: SocketAddr) -> IpAddr {
    match like {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// The address that a receiver sees of a socket at `address`.
fn seen(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
