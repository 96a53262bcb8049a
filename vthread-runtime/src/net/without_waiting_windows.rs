//! Operations of sockets that do not wait.
//!
//! Windows cannot be asked to have a single operation not wait: a socket that came from elsewhere
//! is made non-blocking, for all its handles. The operations are mio's own, which ask for the next
//! report when they would have blocked.

use super::SocketAddr;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use std::io::{self, IoSlice, IoSliceMut, Read, Write};

/// Makes a listener from elsewhere non-blocking, and so says that it does not block.
pub(super) fn blocks(listener: &std::net::TcpListener) -> io::Result<bool> {
    listener.set_nonblocking(true)?;
    Ok(false)
}

/// Whether an attempt to accept would not block: no listener here blocks.
pub(super) fn check_acceptable(_: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// Makes a stream from elsewhere non-blocking.
pub(super) fn take_over(stream: &std::net::TcpStream) -> io::Result<()> {
    stream.set_nonblocking(true)
}

/// A socket, for operations that do not wait.
#[derive(Debug)]
pub(super) struct WithoutWaiting<'s, S>(pub(super) &'s S);

impl Read for WithoutWaiting<'_, TcpStream> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.0.read_vectored(bufs)
    }
}

impl Write for WithoutWaiting<'_, TcpStream> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WithoutWaiting<'_, TcpStream> {
    pub(super) fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.peek(buf)
    }
}

impl WithoutWaiting<'_, UdpSocket> {
    pub(super) fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.recv(buf)
    }

    pub(super) fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.peek(buf)
    }

    pub(super) fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.0.recv_from(buf)
    }

    pub(super) fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.0.peek_from(buf)
    }

    pub(super) fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.0.send(buf)
    }

    pub(super) fn send_to(&self, buf: &[u8], to: &SocketAddr) -> io::Result<usize> {
        self.0.send_to(buf, *to)
    }
}
