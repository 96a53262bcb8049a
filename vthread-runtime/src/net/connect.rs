//! Connecting: to one address, or to the first of several that answers.
//!
//! The addresses are tried in turn, those of the two families by turns, and the next one is tried
//! as well when one has not answered for a while (RFC 8305, "happy eyeballs"): an address that
//! leads nowhere costs that while, and not the minutes after which the system gives it up.

use super::addresses::Resolve;
use super::refusals::is_in_progress;
use super::{SocketAddr, TcpStream, ToSocketAddrs};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use socket2::Socket;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How long an address may take to answer before the next one is tried beside it. As RFC 8305
/// recommends.
const PATIENCE: Duration = Duration::from_millis(250);

/// The frame of [`TcpStream::connect`].
#[derive(Debug)]
pub struct Connect {
    addresses: Addresses,
    /// The connections that are being made.
    attempts: Vec<TcpStream>,
    /// Until the next address is tried; seldom, so in a place of its own.
    patience: Option<Pin<Box<Sleep>>>,
    /// Why the last attempt failed.
    error: Option<io::Error>,
}

#[derive(Debug)]
enum Addresses {
    Wanted(Resolve),
    Found(VecDeque<SocketAddr>),
}

impl Connect {
    pub(super) fn to(name: impl ToSocketAddrs) -> Self {
        Connect {
            addresses: Addresses::Wanted(name.resolve()),
            attempts: Vec::new(),
            patience: None,
            error: None,
        }
    }

    fn poll_connect(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        if let Addresses::Wanted(resolve) = &mut self.addresses {
            let found = ready!(resolve.poll_found(cx))?;
            self.addresses = Addresses::Found(by_turns(found));
        }
        loop {
            if let Some(stream) = self.poll_attempts(cx) {
                return Poll::Ready(Ok(stream));
            }
            if let Some(patience) = &mut self.patience {
                if !self.attempts.is_empty() && patience.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                self.patience = None;
            }
            let Addresses::Found(addresses) = &mut self.addresses else {
                unreachable!("the addresses have been found");
            };
            let Some(address) = addresses.pop_front() else {
                if self.attempts.is_empty() {
                    return Poll::Ready(Err(self.error.take().unwrap_or_else(no_address)));
                }
                return Poll::Pending;
            };
            let is_last = addresses.is_empty();
            match TcpStream::begin_to_connect(address) {
                Ok(attempt) => {
                    self.attempts.push(attempt);
                    if !is_last {
                        self.patience = Some(Box::pin(Sleep::for_duration(PATIENCE)));
                    }
                }
                Err(error) => self.error = Some(error),
            }
        }
    }

    /// The first one that has been made. Those that have failed go.
    fn poll_attempts(&mut self, cx: &mut Context<'_>) -> Option<TcpStream> {
        let mut n = 0;
        while n < self.attempts.len() {
            match self.attempts[n].poll_connected(cx) {
                Poll::Pending => n += 1,
                Poll::Ready(Ok(())) => return Some(self.attempts.swap_remove(n)),
                Poll::Ready(Err(error)) => {
                    self.attempts.remove(n);
                    self.error = Some(error);
                }
            }
        }
        None
    }
}

/// The addresses of both families by turns, each family in its order, the first address first.
fn by_turns(found: impl Iterator<Item = SocketAddr>) -> VecDeque<SocketAddr> {
    let found: Vec<_> = found.collect();
    let of_first = found.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|address| address.is_ipv6() == of_first);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = VecDeque::new();
    loop {
        let (one, other) = (first.next(), second.next());
        if one.is_none() && other.is_none() {
            return mixed;
        }
        mixed.extend(one);
        mixed.extend(other);
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

/// Connects a socket whose options have been set.
pub(super) async fn connect_with(socket: Socket, address: SocketAddr) -> io::Result<TcpStream> {
    poll_fn(checkpoint).await;
    match socket.connect(&address.into()) {
        Err(error) if is_in_progress(&error) => {}
        result => result?,
    }
    let stream = TcpStream::being_made(mio::net::TcpStream::from_std(socket.into()))?;
    poll_fn(|cx| {
        ready!(checkpoint(cx));
        stream.poll_connected(cx)
    })
    .await?;
    Ok(stream)
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

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let parse = |text: &str| -> Vec<SocketAddr> {
            text.split(' ')
                .map(|address| address.parse().unwrap())
                .collect()
        };
        let found = parse("[::1]:1 [::1]:2 [::1]:3 1.1.1.1:1 1.1.1.1:2");
        let expected = parse("[::1]:1 1.1.1.1:1 [::1]:2 1.1.1.1:2 [::1]:3");
        assert_eq!(by_turns(found.into_iter()), expected);
        assert!(by_turns([].into_iter()).is_empty());
    }
}
