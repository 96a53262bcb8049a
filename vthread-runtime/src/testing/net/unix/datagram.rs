//! A socket for datagrams of the Unix domain in memory.

use super::name::{BoundName, Taken, find, own_credentials, unnamed, wrong_kind};
use super::{SocketAddr, UCred};
use crate::base::clock;
use crate::driver::Direction;
use crate::net::ready::{Limits, limits};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use crate::testing::net::inbox::{CAPACITY, Datagram, Inbox, Refusal};
use crate::testing::net::place;
use crate::testing::net::within::within;
use parking_lot::Mutex;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A socket of a test's network: see [`net::UnixDatagram`](crate::net::UnixDatagram).
///
/// As the system's it loses nothing, and keeps the order: a sender waits while 208 KiB have not
/// been received, of which each datagram takes at least 256 bytes. In a test with a seed datagrams
/// arrive late.
#[derive(Debug)]
pub struct UnixDatagram {
    socket: Arc<Socket>,
    limits: Limits,
}

#[derive(Debug)]
struct Socket {
    _name: Option<Taken>,
    place: usize,
    own: Peer,
    peer: Mutex<Option<Peer>>,
    /// Nothing more is sent.
    is_mute: AtomicBool,
}

/// A socket as others see it.
#[derive(Debug, Clone)]
pub(in crate::testing::net) struct Peer {
    address: SocketAddr,
    inbox: Arc<Inbox<Sender>>,
}

/// The sender of a datagram: the same socket if it has the same inbox, whatever its name is.
#[derive(Debug, Clone)]
struct Sender {
    address: SocketAddr,
    inbox: usize,
}

impl PartialEq for Sender {
    fn eq(&self, other: &Self) -> bool {
        self.inbox == other.inbox
    }
}

impl Peer {
    fn new(address: SocketAddr) -> Self {
        Peer {
            address,
            inbox: Arc::new(Inbox::new(true)),
        }
    }

    fn as_sender(&self) -> Sender {
        Sender {
            address: self.address.clone(),
            inbox: Arc::as_ptr(&self.inbox).addr(),
        }
    }
}

type Received = io::Result<(usize, SocketAddr)>;

impl UnixDatagram {
    /// A socket at `path`, which is a name in the network of the test. Does not wait.
    ///
    /// # Errors
    /// Another socket of the test has the name, or it is none of the system's.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
        UnixDatagram::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// A socket at `address`. Does not wait.
    ///
    /// # Errors
    /// As of [`bind`](UnixDatagram::bind).
    pub fn bind_addr(address: &SocketAddr) -> io::Result<UnixDatagram> {
        let own = Peer::new(address.clone());
        let name = Taken::take(address, BoundName::Datagrams(own.clone()))?;
        Ok(UnixDatagram::of(Some(name), own))
    }

    /// A socket without an address.
    ///
    /// # Errors
    /// None.
    pub fn unbound() -> io::Result<UnixDatagram> {
        Ok(UnixDatagram::of(None, Peer::new(unnamed()?)))
    }

    /// Two connected sockets.
    ///
    /// # Errors
    /// None.
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (one, other) = (UnixDatagram::unbound()?, UnixDatagram::unbound()?);
        one.connect_to(other.socket.own.clone());
        other.connect_to(one.socket.own.clone());
        Ok((one, other))
    }

    fn of(name: Option<Taken>, own: Peer) -> Self {
        UnixDatagram {
            socket: Arc::new(Socket {
                _name: name,
                place: place::number(),
                own,
                peer: Mutex::new(None),
                is_mute: AtomicBool::new(false),
            }),
            limits: Limits::default(),
        }
    }

    /// Makes the socket at `path` the peer of [`send`](UnixDatagram::send) and
    /// [`recv`](UnixDatagram::recv). Does not wait.
    ///
    /// # Errors
    /// There is none.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.connect_addr(&SocketAddr::from_pathname(path)?)
    }

    /// As [`connect`](UnixDatagram::connect). Does not wait.
    ///
    /// # Errors
    /// There is no such socket.
    pub fn connect_addr(&self, address: &SocketAddr) -> io::Result<()> {
        self.connect_to(self.socket.find(address)?);
        Ok(())
    }

    fn connect_to(&self, peer: Peer) {
        self.socket.own.inbox.connect(peer.as_sender(), false);
        let before = self.socket.peer.lock().replace(peer);
        drop(before);
    }

    /// Sends a datagram to the socket at `path`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// There is no such socket, it has another peer, or the datagram is longer than its room.
    pub fn send_to<P: AsRef<Path> + Send>(
        &self,
        buf: &[u8],
        path: P,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        let address = SocketAddr::from_pathname(path);
        Call::leaf(async move { self.sent(buf, Some(&address?)).await })
    }

    /// Sends a datagram to the socket at `address`, and returns the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// As of [`send_to`](UnixDatagram::send_to).
    pub fn send_to_addr(
        &self,
        buf: &[u8],
        address: &SocketAddr,
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(self.sent(buf, Some(address)))
    }

    /// Sends a datagram to the peer that [`connect`](UnixDatagram::connect) has set, and returns
    /// the number of bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means not sent.
    ///
    /// # Errors
    /// There is no peer, it is gone, or the datagram is longer than its room.
    pub fn send(
        &self,
        buf: &[u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        Call::leaf(self.sent(buf, None))
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
    pub fn recv_from(
        &self,
        buf: &mut [u8],
    ) -> Call<Received, impl Future<Output = Received> + Send> {
        Call::leaf(self.received(buf))
    }

    /// Receives a datagram. Returns how many bytes of it are in `buf`; the rest is lost.
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
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        let received = self.received(buf);
        Call::leaf(async move { received.await.map(|(n, _)| n) })
    }

    /// Returns the socket's address.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.socket.own.address.clone())
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    /// None was set.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        let peer = self.socket.peer.lock();
        let address = peer.as_ref().map(|peer| peer.address.clone());
        address.ok_or(ErrorKind::NotConnected.into())
    }

    /// Returns the process at the other end, which is this one.
    ///
    /// # Errors
    /// None.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        Ok(own_credentials())
    }

    /// Returns no error: there is none that no operation has returned.
    ///
    /// # Errors
    /// None.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(None)
    }

    /// Ends what is sent here, what is received, or both. What has been sent already is received.
    ///
    /// # Errors
    /// None.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if matches!(how, Shutdown::Write | Shutdown::Both) {
            self.socket.is_mute.store(true, Ordering::Release);
        }
        if matches!(how, Shutdown::Read | Shutdown::Both) {
            self.socket.own.inbox.close(false);
        }
        Ok(())
    }

    /// Returns another handle of the same socket, with time limits of its own.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(UnixDatagram {
            socket: self.socket.clone(),
            limits: Limits::default(),
        })
    }

    limits! {}

    async fn sent(&self, buf: &[u8], address: Option<&SocketAddr>) -> io::Result<usize> {
        poll_fn(checkpoint).await;
        if self.socket.is_mute.load(Ordering::Acquire) {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let peer = match address {
            Some(address) => self.socket.find(address)?,
            None => self
                .socket
                .peer
                .lock()
                .clone()
                .ok_or(ErrorKind::NotConnected)?,
        };
        if buf.len() > CAPACITY {
            return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
        }
        let datagram = Datagram {
            bytes: buf.to_vec(),
            from: self.socket.own.as_sender(),
            arrives: clock::now() + place::conditions().draw_delay(),
        };
        let put = within(self.limits.get(Direction::Write), async {
            Ok(peer.inbox.put_when_there_is_room(datagram).await)
        });
        match put.await? {
            Ok(()) => Ok(buf.len()),
            Err(Refusal::Foreign) => Err(ErrorKind::PermissionDenied.into()),
            Err(Refusal::Closed | Refusal::Full) => Err(ErrorKind::ConnectionRefused.into()),
        }
    }

    async fn received(&self, buf: &mut [u8]) -> Received {
        let received = within(self.limits.get(Direction::Read), async {
            Ok(self.socket.own.inbox.receive(true).await)
        });
        let Some(datagram) = received.await? else {
            return Ok((0, unnamed()?));
        };
        let n = datagram.bytes.len().min(buf.len());
        buf[..n].copy_from_slice(&datagram.bytes[..n]);
        Ok((n, datagram.from.address))
    }
}

impl Socket {
    fn find(&self, address: &SocketAddr) -> io::Result<Peer> {
        match find(self.place, address)? {
            BoundName::Datagrams(peer) => Ok(peer),
            BoundName::Listener(_) => Err(wrong_kind()),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.own.inbox.close(true);
    }
}

suspends!(UnixDatagram: "send_to" "send_to_addr" "send" "recv_from" "recv");
