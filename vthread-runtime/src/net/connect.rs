//! Connecting: each address in turn, without blocking.

use super::addresses::Resolve;
use super::{SocketAddr, TcpStream, ToSocketAddrs};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

/// The frame of [`TcpStream::connect`].
#[derive(Debug)]
pub struct Connect {
    addresses: Addresses,
    /// The connection that is being made.
    attempt: Option<TcpStream>,
    /// Why the last attempt failed.
    error: Option<io::Error>,
}

#[derive(Debug)]
enum Addresses {
    Wanted(Resolve),
    Found(vec::IntoIter<SocketAddr>),
}

impl Connect {
    pub(super) fn to(name: impl ToSocketAddrs) -> Self {
        Connect {
            addresses: Addresses::Wanted(name.resolve()),
            attempt: None,
            error: None,
        }
    }

    fn poll_connect(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        loop {
            if let Some(attempt) = &self.attempt {
                let result = ready!(attempt.poll_connected(cx));
                let stream = self.attempt.take();
                match result {
                    Ok(()) => return Poll::Ready(stream.ok_or_else(no_address)),
                    Err(error) => self.error = Some(error),
                }
            }
            match ready!(self.poll_next_address(cx))? {
                None => return Poll::Ready(Err(self.error.take().unwrap_or_else(no_address))),
                Some(address) => match TcpStream::begin_to_connect(address) {
                    Ok(attempt) => self.attempt = Some(attempt),
                    Err(error) => self.error = Some(error),
                },
            }
        }
    }

    fn poll_next_address(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<SocketAddr>>> {
        loop {
            match &mut self.addresses {
                Addresses::Wanted(resolve) => {
                    let found = ready!(resolve.poll_found(cx))?;
                    self.addresses = Addresses::Found(found);
                }
                Addresses::Found(addresses) => return Poll::Ready(Ok(addresses.next())),
            }
        }
    }
}

pub(super) fn no_address() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "could not resolve to any addresses",
    )
}

impl Future for Connect {
    type Output = io::Result<TcpStream>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        self.poll_connect(cx)
    }
}

/// The frame of [`TcpStream::connect_timeout`].
#[derive(Debug)]
pub struct ConnectTimeout {
    connect: Connect,
    /// In a place of its own, for the sake of plain pins; a connection costs more than that.
    sleep: Pin<Box<Sleep>>,
}

impl ConnectTimeout {
    pub(super) fn to(address: &SocketAddr, limit: Duration) -> Self {
        ConnectTimeout {
            connect: Connect::to(address),
            sleep: Box::pin(Sleep::for_duration(limit)),
        }
    }
}

impl Future for ConnectTimeout {
    type Output = io::Result<TcpStream>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(checkpoint(cx));
        if let Poll::Ready(result) = self.connect.poll_connect(cx) {
            return Poll::Ready(result);
        }
        ready!(self.sleep.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "connection timed out",
        )))
    }
}
