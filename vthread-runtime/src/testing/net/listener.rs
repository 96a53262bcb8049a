//! A listener in memory.

use super::incoming::incoming;
use super::options::{Options, options};
use super::place::{self, Place};
use super::stream::TcpStream;
use crate::sync::{Receiver, unbounded};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

/// A listener of a test's network: see [`net::TcpListener`](crate::net::TcpListener).
///
/// It is gone with its last handle. Options are kept, and have no effect.
#[derive(Debug)]
pub struct TcpListener {
    listening: Arc<Listening>,
    options: Arc<Options>,
}

#[derive(Debug)]
struct Listening {
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
                listening: Arc::new(Listening {
                    place: place::number(),
                    address,
                    streams,
                }),
                options: Arc::default(),
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
        let receive = self.listening.streams.recv().into_frame();
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
        Ok(self.listening.address)
    }

    /// Returns another handle of the same listener.
    ///
    /// # Errors
    /// None.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(TcpListener {
            listening: self.listening.clone(),
            options: self.options.clone(),
        })
    }

    /// Returns no error: there is none that no operation has returned.
    ///
    /// # Errors
    /// None.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(None)
    }

    options! {
        ttl set_ttl: u32, "how many routers a packet may pass";
    }
}

incoming!(TcpListener, TcpStream);

suspends!(TcpListener: "accept");

impl Drop for Listening {
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
