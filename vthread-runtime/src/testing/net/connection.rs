//! A connection in memory, over a network that delays and cuts.

use super::arrivals::Arrivals;
use super::place;
use crate::io::{DuplexStream, duplex};
use crate::task::current::checkpoint;
use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// How many bytes are on their way at most.
const CAPACITY: usize = 64 * 1024;

/// One end of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    end: DuplexStream,
    /// Shared with the other end.
    is_cut: Arc<AtomicBool>,
    reads: Arrivals,
    writes: Arrivals,
}

impl Connection {
    /// Both ends.
    pub(super) fn pair() -> (Arc<Self>, Arc<Self>) {
        let is_cut = Arc::<AtomicBool>::default();
        let of = |end| {
            Arc::new(Connection {
                end,
                is_cut: is_cut.clone(),
                reads: Arrivals::default(),
                writes: Arrivals::default(),
            })
        };
        let (one, other) = duplex(CAPACITY);
        (of(one), of(other))
    }

    pub(super) fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.check_cut()?;
        ready!(self.reads.poll(cx));
        let n = place::conditions().draw_piece(buf.len());
        let n_read = ready!(self.end.poll_read_shared(cx, &mut buf[..n]));
        self.reads.end(cx);
        self.draw_cut()?;
        Poll::Ready(n_read)
    }

    pub(super) fn poll_read_vectored(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = bufs.iter_mut().find(|buf| !buf.is_empty());
        self.poll_read(cx, first.map_or(&mut [], |buf| &mut **buf))
    }

    pub(super) fn poll_peek(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.check_cut()?;
        ready!(self.reads.poll(cx));
        // The read that follows is of what has arrived, and has no delay of its own.
        self.end.poll_peek(cx, buf)
    }

    pub(super) fn poll_write(&self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        ready!(checkpoint(cx));
        self.check_cut()?;
        ready!(self.writes.poll(cx));
        self.draw_cut()?;
        let n = place::conditions().draw_piece(buf.len());
        let written = ready!(self.end.poll_write_shared(cx, &buf[..n]));
        self.writes.end(cx);
        Poll::Ready(written)
    }

    pub(super) fn poll_write_vectored(
        &self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = bufs.iter().find(|buf| !buf.is_empty());
        self.poll_write(cx, first.map_or(&[], |buf| &**buf))
    }

    pub(super) fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        if matches!(how, Shutdown::Write | Shutdown::Both) {
            self.end.shutdown()?;
        }
        if matches!(how, Shutdown::Read | Shutdown::Both) {
            self.end.stop_reading();
        }
        Ok(())
    }

    /// # Errors
    /// The connection was cut.
    fn check_cut(&self) -> io::Result<()> {
        match self.is_cut.load(Ordering::Acquire) {
            true => Err(ErrorKind::ConnectionReset.into()),
            false => Ok(()),
        }
    }

    /// # Errors
    /// The connection is cut now, or was.
    fn draw_cut(&self) -> io::Result<()> {
        if place::conditions().draw_cut() && !self.is_cut.swap(true, Ordering::AcqRel) {
            self.shutdown(Shutdown::Both)?;
        }
        self.check_cut()
    }
}

/// Makes the shared polls of a stream with a `connection` and `limits`, its traits, and the methods
/// that have to do with both: `of_connection!(TcpStream)`.
macro_rules! of_connection {
    ($ty:ident) => {
        impl $ty {
            $crate::net::stream_limits::stream! {}

            /// Ends what is written here, what is read, or both.
            ///
            /// # Errors
            /// None.
            pub fn shutdown(&self, how: ::std::net::Shutdown) -> ::std::io::Result<()> {
                self.connection.shutdown(how)
            }

            /// Returns no error: there is none that no operation has returned.
            ///
            /// # Errors
            /// None.
            pub fn take_error(&self) -> ::std::io::Result<Option<::std::io::Error>> {
                Ok(None)
            }

            fn poll_read_shared(
                &self,
                cx: &mut ::std::task::Context<'_>,
                buf: &mut [u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                let polled = self.connection.poll_read(cx, buf);
                self.limited($crate::driver::Direction::Read, cx, polled)
            }

            fn poll_read_vectored_shared(
                &self,
                cx: &mut ::std::task::Context<'_>,
                bufs: &mut [::std::io::IoSliceMut<'_>],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                let polled = self.connection.poll_read_vectored(cx, bufs);
                self.limited($crate::driver::Direction::Read, cx, polled)
            }

            fn poll_write_shared(
                &self,
                cx: &mut ::std::task::Context<'_>,
                buf: &[u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                let polled = self.connection.poll_write(cx, buf);
                self.limited($crate::driver::Direction::Write, cx, polled)
            }

            fn poll_write_vectored_shared(
                &self,
                cx: &mut ::std::task::Context<'_>,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                let polled = self.connection.poll_write_vectored(cx, bufs);
                self.limited($crate::driver::Direction::Write, cx, polled)
            }
        }

        $crate::io::inherent::inherent_io!($ty: Read Write);
        $crate::io::watched::watched_traits!(Read $ty);
        $crate::io::watched::watched_traits!(Read & $ty);
        $crate::io::watched::watched_traits!(Write $ty);
        $crate::io::watched::watched_traits!(Write & $ty);
    };
}
pub(super) use of_connection;
