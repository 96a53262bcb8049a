//! Operations that do not wait, on descriptors that block.
//!
//! Whether a pipe or a device blocks (`O_NONBLOCK`) is a property of one opening of it, shared by
//! all its descriptors: those of the process that passed us a pipe, of the shell on the same
//! terminal. So it is not changed here. Instead
//! - a pipe is asked not to wait for this one time, where the system supports it (`RWF_NOWAIT`);
//! - otherwise the operation is made only if the descriptor is ready at this moment, and a write
//!   only of as much as a ready one surely takes. If another process that shares it is quicker in
//!   between, it does wait.
#![allow(unsafe_code)] // System calls that std has not.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};

/// The number of bytes that a ready pipe takes without waiting.
const MOST_TO_PIPE: usize = libc::PIPE_BUF;

/// The number of bytes that a ready terminal takes without waiting.
const MOST_TO_DEVICE: usize = 256;

pub(crate) fn read_pipe(pipe: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
    match system::read(pipe, bufs) {
        Err(error) if is_unknown(&error) => read_device(pipe, bufs),
        read => read,
    }
}

pub(crate) fn write_pipe(pipe: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
    match system::write(pipe, bufs) {
        Err(error) if is_unknown(&error) => write_ready(pipe, bufs, MOST_TO_PIPE),
        written => written,
    }
}

pub(crate) fn read_device(
    device: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
) -> io::Result<usize> {
    check_ready(device, libc::POLLIN)?;
    Ok(rustix::io::readv(device, bufs)?)
}

pub(crate) fn write_device(device: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
    write_ready(device, bufs, MOST_TO_DEVICE)
}

fn write_ready(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], most: usize) -> io::Result<usize> {
    check_ready(fd, libc::POLLOUT)?;
    let first = bufs.iter().find(|buf| !buf.is_empty());
    let buf: &[u8] = first.map_or(&[], |buf| buf);
    Ok(rustix::io::write(fd, &buf[..buf.len().min(most)])?)
}

/// Whether a connection can be accepted at this moment.
///
/// # Errors
/// `WouldBlock`: none can.
pub(crate) fn check_acceptable(listener: BorrowedFd<'_>) -> io::Result<()> {
    check_ready(listener, libc::POLLIN)
}

/// Whether operations on the descriptor block.
pub(crate) fn blocks(fd: BorrowedFd<'_>) -> io::Result<bool> {
    let flags = rustix::fs::fcntl_getfl(fd)?;
    Ok(!flags.contains(rustix::fs::OFlags::NONBLOCK))
}

/// # Errors
/// `WouldBlock`: it is not.
fn check_ready(fd: BorrowedFd<'_>, events: libc::c_short) -> io::Result<()> {
    let mut polled = libc::pollfd {
        fd: fd.as_raw_fd(),
        events,
        revents: 0,
    };
    // SAFETY: one entry, which is ours. It does not wait.
    match unsafe { libc::poll(&raw mut polled, 1, 0) } {
        0 => Err(io::ErrorKind::WouldBlock.into()),
        // What is wrong with it, if anything is, the operation tells.
        1.. => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whether the system cannot do it without waiting.
fn is_unknown(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EOPNOTSUPP | libc::EINVAL | libc::ENOSYS)
    )
}

#[cfg(target_os = "linux")]
mod system {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::{AsRawFd, BorrowedFd};

    /// At the file's own position.
    const HERE: libc::off_t = -1;

    /// The most that the system takes at once. A stream goes on with the rest.
    const MOST: usize = 1024;

    pub(super) fn read(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let (n, iovec) = (bufs.len().min(MOST), bufs.as_mut_ptr().cast());
        // SAFETY: `IoSliceMut` is laid out as the system's `iovec`; there are at least as many as
        // is said, and they live until the call is over.
        let read = unsafe { libc::preadv2(fd.as_raw_fd(), iovec, n as _, HERE, libc::RWF_NOWAIT) };
        result(read)
    }

    pub(super) fn write(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let (n, iovec) = (bufs.len().min(MOST), bufs.as_ptr().cast());
        // SAFETY: `IoSlice` is laid out as the system's `iovec`; there are at least as many as is
        // said, and they live until the call is over.
        let written =
            unsafe { libc::pwritev2(fd.as_raw_fd(), iovec, n as _, HERE, libc::RWF_NOWAIT) };
        result(written)
    }

    fn result(n: libc::ssize_t) -> io::Result<usize> {
        usize::try_from(n).map_err(|_| io::Error::last_os_error())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::BorrowedFd;

    pub(super) fn read(_: BorrowedFd<'_>, _: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }

    pub(super) fn write(_: BorrowedFd<'_>, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::io::{PipeReader, PipeWriter, Read};
    use std::os::fd::AsFd;

    type Reading = fn(BorrowedFd<'_>, &mut [IoSliceMut<'_>]) -> io::Result<usize>;
    type Writing = fn(BorrowedFd<'_>, &[IoSlice<'_>]) -> io::Result<usize>;

    /// The two ways, of which the second is for systems without the call.
    const WAYS: [(Reading, Writing); 2] = [(read_pipe, write_pipe), (read_device, write_device)];

    fn pipe() -> (PipeReader, PipeWriter) {
        io::pipe().unwrap()
    }

    fn would_block(result: io::Result<usize>) -> bool {
        result.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    #[test]
    fn r17_a_blocking_pipe_is_used_without_waiting() {
        for (read_by, write_by) in WAYS {
            let read = |pipe: &PipeReader, buf: &mut [u8]| {
                read_by(pipe.as_fd(), &mut [IoSliceMut::new(buf)])
            };
            let write =
                |pipe: &PipeWriter, buf: &[u8]| write_by(pipe.as_fd(), &[IoSlice::new(buf)]);
            let (reader, writer) = pipe();
            let mut buf = [0; 8];
            assert!(would_block(read(&reader, &mut buf)));
            assert_eq!(write(&writer, b"words").unwrap(), 5);
            assert_eq!(read(&reader, &mut buf).unwrap(), 5);
            assert_eq!(&buf[..5], b"words");

            let mut written = 0;
            let filled = loop {
                match write(&writer, &[7; 10_000]) {
                    Ok(n) => written += n,
                    error => break error,
                }
            };
            assert!(written >= MOST_TO_PIPE && would_block(filled));
            drop(writer);
            let mut rest = Vec::new();
            (&reader).read_to_end(&mut rest).unwrap();
            assert_eq!(rest.len(), written);
            assert_eq!(read(&reader, &mut buf).unwrap(), 0);
        }
    }

    #[test]
    fn r17_the_end_of_a_pipe_is_told() {
        for (read_by, write_by) in WAYS {
            let read = |pipe: &PipeReader, buf: &mut [u8]| {
                read_by(pipe.as_fd(), &mut [IoSliceMut::new(buf)])
            };
            let write =
                |pipe: &PipeWriter, buf: &[u8]| write_by(pipe.as_fd(), &[IoSlice::new(buf)]);
            let (reader, writer) = pipe();
            drop(reader);
            let error = write(&writer, b"x").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
            let (reader, _) = pipe();
            assert_eq!(read(&reader, &mut [0]).unwrap(), 0);
        }
    }
}
