//! A stream in memory, over a network that delays and cuts.

use super::listener::first;
use super::place;
use crate::driver::time_limit::Limit;
use crate::io::inherent::inherent_io;
use crate::io::{DuplexStream, duplex};
use crate::task::call::Call;
use crate::task::current::checkpoint;
use futures_io::{AsyncRead, AsyncWrite};
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// How many bytes are on their way at most.
const CAPACITY: usize = 64 * 1024;

/// A stream of a test's network: see [`net::TcpStream`](crate::net::TcpStream).
///
/// # Cancellation
/// A cancelled read or write has not happened.
#[derive(Debug)]
pub struct TcpStream {
    end: DuplexStream,
    local: SocketAddr,
    peer: SocketAddr,
    /// Shared with the other end.
    is_cut: Arc<AtomicBool>,
    reads: Arrival,
    writes: Arrival,
}

/// The delay of an operation that has begun.
#[derive(Debug, Default)]
struct Arrival(Option<Pin<Box<Limit>>>);

impl Arrival {
    /// Waits until the operation may happen. It begins with the first poll, and ends with the one
    /// that is ready.
    fn poll(&mut self, is_cut: &AtomicBool, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if is_cut.load(Ordering::Acquire) {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        if self.0.is_none() {
            let delay = place::conditions().draw_delay();
            if delay.is_zero() {
                return Poll::Ready(Ok(()));
            }
            self.0 = Some(Box::pin(Limit::after(delay)));
        }
        if let Some(limit) = &self.0 {
            ready!(limit.as_ref().poll_over(cx));
        }
        Poll::Ready(Ok(()))
    }

    /// The operation has happened: the next one has a delay of its own.
    fn end(&mut self) {
        self.0 = None;
    }
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
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let peer = address?;
            let delay = place::conditions().draw_delay();
            if !delay.is_zero() {
                let limit = std::pin::pin!(Limit::after(delay));
                poll_fn(|cx| limit.as_ref().poll_over(cx)).await;
            }
            let (sender, port) = place::here(|place| {
                let sender = place.listeners.get(&peer).cloned();
                (sender, place.next_port())
            });
            let sender = sender.ok_or(ErrorKind::ConnectionRefused)?;
            let local = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            let (here, there) = duplex(CAPACITY);
            let is_cut = Arc::default();
            let there = TcpStream::of(there, peer, local, &is_cut);
            if sender.try_send(there).is_err() {
                return Err(ErrorKind::ConnectionRefused.into());
            }
            Ok(TcpStream::of(here, local, peer, &is_cut))
        })
    }

    fn of(
        end: DuplexStream,
        local: SocketAddr,
        peer: SocketAddr,
        is_cut: &Arc<AtomicBool>,
    ) -> Self {
        TcpStream {
            end,
            local,
            peer,
            is_cut: is_cut.clone(),
            reads: Arrival::default(),
            writes: Arrival::default(),
        }
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

    /// Ends what is written here, what is read, or both.
    ///
    /// # Errors
    /// None.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if matches!(how, Shutdown::Write | Shutdown::Both) {
            self.end.shutdown()?;
        }
        if matches!(how, Shutdown::Read | Shutdown::Both) {
            self.end.stop_reading();
        }
        Ok(())
    }

    /// Has no effect: nothing waits here to be sent with more.
    ///
    /// # Errors
    /// None.
    pub fn set_nodelay(&self, _nodelay: bool) -> io::Result<()> {
        Ok(())
    }

    /// Whether the connection is cut now, or was.
    fn draw_cut(&self) -> bool {
        if place::conditions().draw_cut() && !self.is_cut.swap(true, Ordering::AcqRel) {
            let _ = self.end.shutdown();
            self.end.stop_reading();
        }
        self.is_cut.load(Ordering::Acquire)
    }
}

impl AsyncRead for TcpStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        let this = self.get_mut();
        ready!(this.reads.poll(&this.is_cut, cx))?;
        let n = place::conditions().draw_piece(buf.len());
        let n_read = ready!(Pin::new(&mut this.end).poll_read(cx, &mut buf[..n]));
        this.reads.end();
        if this.draw_cut() {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        Poll::Ready(n_read)
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        let this = self.get_mut();
        ready!(this.writes.poll(&this.is_cut, cx))?;
        if this.draw_cut() {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        let n = place::conditions().draw_piece(buf.len());
        let written = ready!(Pin::new(&mut this.end).poll_write(cx, &buf[..n]));
        this.writes.end();
        Poll::Ready(written)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().end).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().end).poll_close(cx)
    }
}

inherent_io!(TcpStream: Read Write);
