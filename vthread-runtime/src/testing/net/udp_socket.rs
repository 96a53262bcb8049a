//! A socket for datagrams in memory, over a network that delays and loses.

use super::listener::first;
use super::place::{self, Place};
use crate::base::clock;
use crate::driver::time_limit::Limit;
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use crate::task::wait_reason::{WaitReason, waits};
use parking_lot::Mutex;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

/// How many bytes a datagram has at most.
const MOST_BYTES: usize = 65_507;
/// How many bytes a socket keeps for its receivers: what comes then is lost.
const CAPACITY: usize = 208 * 1024;

/// A socket of a test's network: see [`net::UdpSocket`](crate::net::UdpSocket).
///
/// In a test with a seed a datagram arrives late, and may be overtaken by a later one. Where
/// [`Conditions`](super::Conditions) cut connections, one in so many datagrams is lost. It is lost
/// as well if no socket has the address, or if more than 208 KiB have not been received.
#[derive(Debug)]
pub struct UdpSocket {
    place: usize,
    address: SocketAddr,
    inbox: Arc<Inbox>,
}

/// What has been sent to a socket.
#[derive(Debug, Default)]
pub(super) struct Inbox(Mutex<Sent>);

#[derive(Debug, Default)]
struct Sent {
    /// In the order in which they were sent.
    datagrams: Vec<Datagram>,
    n_bytes: usize,
    /// The only one whose datagrams are taken, if there is one.
    peer: Option<SocketAddr>,
    /// Of the receivers that wait.
    wakers: Vec<Waker>,
}

#[derive(Debug, Clone)]
struct Datagram {
    bytes: Vec<u8>,
    from: SocketAddr,
    arrives: Instant,
}

impl Inbox {
    fn put(&self, datagram: Datagram) {
        let mut sent = self.0.lock();
        let is_foreign = sent.peer.is_some_and(|peer| peer != datagram.from);
        if is_foreign || sent.n_bytes + datagram.bytes.len() > CAPACITY {
            return;
        }
        sent.n_bytes += datagram.bytes.len();
        sent.datagrams.push(datagram);
        let wakers = std::mem::take(&mut sent.wakers);
        drop(sent);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The datagram that has arrived first. If none has, when one will, and a wake for what is sent
    /// meanwhile.
    fn first(&self, takes: bool, cx: &Context<'_>) -> Result<Datagram, Option<Instant>> {
        let mut sent = self.0.lock();
        let all = sent.datagrams.iter().enumerate();
        let first = all.min_by_key(|(_, datagram)| datagram.arrives);
        let next = match first {
            Some((at, datagram)) if datagram.arrives <= clock::now() => {
                if !takes {
                    return Ok(datagram.clone());
                }
                let datagram = sent.datagrams.remove(at);
                sent.n_bytes -= datagram.bytes.len();
                return Ok(datagram);
            }
            next => next.map(|(_, datagram)| datagram.arrives),
        };
        if !sent.wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
            sent.wakers.push(cx.waker().clone());
        }
        Err(next)
    }

    /// From now on only what `peer` sends is taken, and of what is there what it has sent.
    fn connect(&self, peer: SocketAddr) {
        let mut sent = self.0.lock();
        sent.peer = Some(peer);
        sent.datagrams.retain(|datagram| datagram.from == peer);
        sent.n_bytes = sent.datagrams.iter().map(|one| one.bytes.len()).sum();
    }
}

/// The wait of a receiver.
struct Receive<'s> {
    inbox: &'s Inbox,
    takes: bool,
    /// For the datagram that will arrive first.
    limit: Option<(Instant, Pin<Box<Limit>>)>,
}

impl Receive<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Datagram> {
        loop {
            let next = match self.inbox.first(self.takes, cx) {
                Ok(datagram) => return Poll::Ready(datagram),
                Err(next) => next,
            };
            waits(WaitReason::InputOrOutput, cx);
            let Some(arrives) = next else {
                self.limit = None;
                return Poll::Pending;
            };
            if self.limit.as_ref().is_none_or(|(at, _)| *at != arrives) {
                let late = arrives.saturating_duration_since(clock::now());
                self.limit = Some((arrives, Box::pin(Limit::after(late))));
            }
            if let Some((_, limit)) = &self.limit {
                ready!(limit.as_ref().poll_over(cx));
            }
            self.limit = None;
        }
    }
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
            let inbox = Arc::<Inbox>::default();
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
                place: place::number(),
                address,
                inbox,
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
            self.inbox.connect(address?);
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
    /// None.
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
    /// None.
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
    /// None.
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
    /// None.
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
        Ok(self.address)
    }

    /// Returns the address that [`connect`](UdpSocket::connect) has set.
    ///
    /// # Errors
    /// None was set.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        let peer = self.inbox.0.lock().peer;
        peer.ok_or(ErrorKind::NotConnected.into())
    }

    async fn received(&self, buf: &mut [u8], takes: bool) -> Received {
        let mut receive = Receive {
            inbox: &self.inbox,
            takes,
            limit: None,
        };
        let datagram = poll_fn(|cx| {
            ready!(checkpoint(cx));
            receive.poll(cx)
        })
        .await;
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
            from: seen(self.address),
            arrives: clock::now() + conditions.draw_delay(),
        };
        let inbox = place::at(self.place, |place| {
            let anywhere = SocketAddr::new(unspecified(to), to.port());
            let exact = place.inboxes.get(&to);
            exact.or_else(|| place.inboxes.get(&anywhere)).cloned()
        });
        if let Some(inbox) = inbox {
            inbox.put(datagram);
        }
        Ok(buf.len())
    }
}

impl Drop for UdpSocket {
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
