//! Operations of sockets that do not wait, whether the socket blocks or not.
//!
//! Whether a socket blocks (`O_NONBLOCK`) is decided for all its descriptors: those of the process
//! that passed it to us, or a clone of the user's own. So it is not changed for a socket that came
//! from elsewhere. Instead each operation is asked not to wait for this one time (`MSG_DONTWAIT`).

use super::SocketAddr;
use crate::io::without_waiting as descriptors;
use rustix::net::{
    RecvAncillaryBuffer, RecvFlags, SendAncillaryBuffer, SendFlags, SocketAddrAny, SocketAddrUnix,
    recv, recvfrom, recvmsg, send, sendmsg, sendto,
};
use std::ffi::OsStr;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::SocketAddr as UnixAddr;

/// A peer that is gone is an error, and no signal.
#[cfg(not(target_vendor = "apple"))]
const SENDS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
/// There it is an option of the socket, which std sets.
#[cfg(target_vendor = "apple")]
const SENDS: SendFlags = SendFlags::DONTWAIT;

const RECEIVES: RecvFlags = RecvFlags::DONTWAIT;
const PEEKS: RecvFlags = RecvFlags::DONTWAIT.union(RecvFlags::PEEK);

/// The most buffers that the system takes at once. A stream goes on with the rest.
const MOST_BUFFERS: usize = 1024;

/// Whether a listener from elsewhere blocks, which is left as it is.
pub(super) fn blocks(listener: &std::net::TcpListener) -> io::Result<bool> {
    descriptors::blocks(listener.as_fd())
}

/// Whether a connection can be accepted at this moment.
///
/// # Errors
/// `WouldBlock`: none can.
pub(super) fn check_acceptable(listener: &mio::net::TcpListener) -> io::Result<()> {
    descriptors::check_acceptable(listener.as_fd())
}

/// Prepares a stream from elsewhere: it needs nothing.
#[inline]
pub(super) fn take_over(_: &std::net::TcpStream) -> io::Result<()> {
    Ok(())
}

/// A socket, for operations that do not wait.
#[derive(Debug)]
pub(super) struct WithoutWaiting<'s, S>(pub(super) &'s S);

impl<S: AsFd> Read for WithoutWaiting<'_, S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.recv(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let n = bufs.len().min(MOST_BUFFERS);
        let mut none = RecvAncillaryBuffer::default();
        Ok(recvmsg(self.0, &mut bufs[..n], &mut none, RECEIVES)?.bytes)
    }
}

impl<S: AsFd> Write for WithoutWaiting<'_, S> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.send(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let n = bufs.len().min(MOST_BUFFERS);
        let mut none = SendAncillaryBuffer::default();
        Ok(sendmsg(self.0, &bufs[..n], &mut none, SENDS)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: AsFd> WithoutWaiting<'_, S> {
    pub(super) fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0, buf, RECEIVES)?.0)
    }

    pub(super) fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0, buf, PEEKS)?.0)
    }

    pub(super) fn recv_from<A: Address>(&self, buf: &mut [u8]) -> io::Result<(usize, A)> {
        let (n, _, from) = recvfrom(self.0, buf, RECEIVES)?;
        Ok((n, A::of_peer(from)?))
    }

    pub(super) fn peek_from<A: Address>(&self, buf: &mut [u8]) -> io::Result<(usize, A)> {
        let (n, _, from) = recvfrom(self.0, buf, PEEKS)?;
        Ok((n, A::of_peer(from)?))
    }

    pub(super) fn send(&self, buf: &[u8]) -> io::Result<usize> {
        Ok(send(self.0, buf, SENDS)?)
    }

    pub(super) fn send_to<A: Address>(&self, buf: &[u8], to: &A) -> io::Result<usize> {
        Ok(sendto(self.0, buf, SENDS, &to.to_system()?)?)
    }
}

/// An address of std's.
pub(super) trait Address: Sized {
    /// `from` is none for a sender that has no address.
    fn of_peer(from: Option<SocketAddrAny>) -> io::Result<Self>;
    fn to_system(&self) -> io::Result<SocketAddrAny>;
}

impl Address for SocketAddr {
    fn of_peer(from: Option<SocketAddrAny>) -> io::Result<Self> {
        let from = from.ok_or(io::ErrorKind::InvalidData)?;
        Ok(SocketAddr::try_from(from)?)
    }

    fn to_system(&self) -> io::Result<SocketAddrAny> {
        Ok((*self).into())
    }
}

impl Address for UnixAddr {
    fn of_peer(from: Option<SocketAddrAny>) -> io::Result<Self> {
        let Some(from) = from else {
            return UnixAddr::from_pathname("");
        };
        let from = SocketAddrUnix::try_from(from)?;
        #[cfg(target_os = "linux")]
        if let Some(name) = from.abstract_name() {
            use std::os::linux::net::SocketAddrExt;
            return UnixAddr::from_abstract_name(name);
        }
        UnixAddr::from_pathname(OsStr::from_bytes(from.path_bytes().unwrap_or_default()))
    }

    fn to_system(&self) -> io::Result<SocketAddrAny> {
        #[cfg(target_os = "linux")]
        {
            use std::os::linux::net::SocketAddrExt;
            if let Some(name) = self.as_abstract_name() {
                return Ok(SocketAddrUnix::new_abstract_name(name)?.into());
            }
        }
        match self.as_pathname() {
            Some(path) => Ok(SocketAddrUnix::new(path)?.into()),
            None => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}
