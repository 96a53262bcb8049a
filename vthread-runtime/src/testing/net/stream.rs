//! A TCP stream in memory.

use super::connection::{Connection, of_connection};
use super::listener::first;
use super::options::{Options, options};
use super::place;
use super::within::within;
use crate::driver::Direction;
use crate::net::stream_limits::StreamLimits;
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

/// A stream of a test's network: see [`net::TcpStream`](crate::net::TcpStream).
///
/// It reads and writes as that does, also through a shared reference, and its handles can be
/// cloned. Options are kept, and have no effect.
///
/// # Cancellation
/// A cancelled read or write has not happened.
#[derive(Debug)]
pub struct TcpStream {
    connection: Arc<Connection>,
    local: SocketAddr,
    peer: SocketAddr,
    options: Arc<Options>,
    limits: StreamLimits,
}

impl TcpStream {
    /// Connects to the listener at `address`, in this test.
    ///
    /// # Suspends
    /// Always a checkpoint, and as long as the network needs.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// There is no listener.
    pub fn connect<A: ToSocketAddrs>(
        address: A,
    ) -> Call<io::Result<TcpStream>, impl Future<Output = io::Result<TcpStream>> + use<A>> {
        let address = first(address);
        Call::leaf(async move { connected(address?).await })
    }

    /// As [`connect`](TcpStream::connect), within `limit`.
    ///
    /// # Suspends
    /// Always a checkpoint, and as long as the network needs.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut) after `limit`, and there is no listener.
    pub fn connect_timeout(
        address: &SocketAddr,
        limit: Duration,
    ) -> Call<io::Result<TcpStream>, impl Future<Output = io::Result<TcpStream>> + Send + use<>>
    {
        let address = *address;
        Call::leaf(async move {
            let (mut connected, mut limit) =
                (pin!(connected(address)), pin!(Sleep::for_duration(limit)));
            poll_fn(|cx| {
                let polled = connected.as_mut().poll(cx);
                match polled.is_pending() && limit.as_mut().poll(cx).is_ready() {
                    true => Poll::Ready(Err(ErrorKind::TimedOut.into())),
                    false => polled,
                }
            })
            .await
        })
    }

    fn of(connection: Arc<Connection>, local: SocketAddr, peer: SocketAddr) -> Self {
        TcpStream {
            connection,
            local,
            peer,
            options: Arc::default(),
            limits: StreamLimits::default(),
        }
    }

    /// Returns another handle of the same stream, with time limits of its own.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(TcpStream {
            connection: self.connection.clone(),
            options: self.options.clone(),
            limits: StreamLimits::default(),
            ..*self
        })
    }

    /// Waits for something to read, copies it into `buf`, and leaves it for the next reader.
    /// Returns the number of bytes; 0 means the end.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The connection was cut, or the time limit is over.
    pub fn peek(
        &self,
        buf: &mut [u8],
    ) -> Call<io::Result<usize>, impl Future<Output = io::Result<usize>> + Send> {
        let peek = poll_fn(|cx| self.connection.poll_peek(cx, buf));
        Call::leaf(within(self.limits.get(Direction::Read), peek))
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    /// Returns the address of the other end.
    ///
    /// # Errors
    /// None.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }

    options! {
        nodelay set_nodelay: bool, "whether small writes are sent at once";
        ttl set_ttl: u32, "how many routers a packet may pass";
        linger set_linger: Option<Duration>, "how long a close goes on to send the rest";
        #[cfg(target_os = "linux")]
        quickack set_quickack: bool, "whether what is received is acknowledged at once";
    }
}

async fn connected(peer: SocketAddr) -> io::Result<TcpStream> {
    poll_fn(checkpoint).await;
    place::delay().await;
    let (sender, port) = place::here(|place| {
        let sender = place.listeners.get(&peer).cloned();
        (sender, place.next_port())
    });
    let sender = sender.ok_or(ErrorKind::ConnectionRefused)?;
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let (here, there) = Connection::pair();
    if sender.try_send(TcpStream::of(there, peer, local)).is_err() {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    Ok(TcpStream::of(here, local, peer))
}

of_connection!(TcpStream);
suspends!(TcpStream: "peek");
