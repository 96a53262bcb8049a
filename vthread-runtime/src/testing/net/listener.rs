//! A listener in memory.

use super::place::{self, Place};
use super::stream::TcpStream;
use crate::sync::{Receiver, unbounded};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};

/// A listener of a test's network: see [`net::TcpListener`](crate::net::TcpListener).
#[derive(Debug)]
pub struct TcpListener {
    place: usize,
    address: SocketAddr,
    streams: Receiver<TcpStream>,
}

impl TcpListener {
    /// Listens at `address`. With the port 0 at any that is free.
    ///
    /// # Suspends
    /// Always a checkpoint, and for nothing else.
    ///
    /// # Cancellation
    /// It has not happened.
    ///
    /// # Errors
    /// Another listener of the test has the address.
    pub fn bind<A: ToSocketAddrs>(
        address: A,
    ) -> Call<io::Result<TcpListener>, impl Future<Output = io::Result<TcpListener>> + use<A>> {
        let address = first(address);
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let mut address = address?;
            let (sender, streams) = unbounded();
            place::here(|place| {
                let taken = |place: &Place, at: &_| place.listeners.contains_key(at);
                if address.port() == 0 {
                    address = place.at_any_port(address, taken);
                }
                if taken(place, &address) {
                    return Err(ErrorKind::AddrInUse.into());
                }
                place.listeners.insert(address, sender);
                Ok(())
            })
            .map(|()| TcpListener {
                place: place::number(),
                address,
                streams,
            })
        })
    }

    /// Waits for the next connection, and returns it with the address of its other side.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is one.
    ///
    /// # Cancellation
    /// It has not happened: the next call has the connection.
    ///
    /// # Errors
    /// None.
    pub fn accept(&self) -> Call<Accepted, impl Future<Output = Accepted>> {
        let receive = self.streams.recv().into_frame();
        Call::leaf(async move {
            let stream = receive.await.map_err(io::Error::other)?;
            let peer = stream.peer_addr()?;
            Ok((stream, peer))
        })
    }

    /// Returns the address at which it listens.
    ///
    /// # Errors
    /// None.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

suspends!(TcpListener: "accept");

impl Drop for TcpListener {
    fn drop(&mut self) {
        let sender = place::at(self.place, |place| place.listeners.remove(&self.address));
        // With the streams that were not accepted: outside the lock.
        drop(sender);
    }
}

/// A connection, and the address of its other side.
type Accepted = io::Result<(TcpStream, SocketAddr)>;

/// The first address that `address` names.
pub(super) fn first(address: impl ToSocketAddrs) -> io::Result<SocketAddr> {
    let mut addresses = address.to_socket_addrs()?;
    addresses
        .next()
        .ok_or_else(|| ErrorKind::InvalidInput.into())
}
