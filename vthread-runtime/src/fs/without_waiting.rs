//! Operations that do not wait, on files that block.
//!
//! Whether a file blocks (`O_NONBLOCK`) is a property of one opening of it, shared by all its
//! descriptors: those of the process that passed us a pipe, of the shell on the same terminal. So
//! it is not changed here. Instead
//! - a pipe is asked not to wait for this one time, where the system supports it (`RWF_NOWAIT`);
//! - otherwise the operation is made only if the file is ready at this moment, and a write only of
//!   as much as a ready file surely takes. If another process that shares it is quicker in between,
//!   it does wait.
#![allow(unsafe_code)] // System calls that std has not.

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;

/// The number of bytes that a ready pipe takes without waiting.
const MOST_TO_PIPE: usize = libc::PIPE_BUF;

/// The number of bytes that a ready terminal takes without waiting.
const MOST_TO_DEVICE: usize = 256;

pub(super) fn read_pipe(file: &fs::File, buf: &mut [u8]) -> io::Result<usize> {
    match system::read(file, buf) {
        Err(error) if is_unknown(&error) => read_device(file, buf),
        read => read,
    }
}

pub(super) fn write_pipe(file: &fs::File, buf: &[u8]) -> io::Result<usize> {
    match system::write(file, buf) {
        Err(error) if is_unknown(&error) => write_ready(file, buf, MOST_TO_PIPE),
        written => written,
    }
}

pub(super) fn read_device(mut file: &fs::File, buf: &mut [u8]) -> io::Result<usize> {
    check_ready(file, libc::POLLIN)?;
    file.read(buf)
}

pub(super) fn write_device(file: &fs::File, buf: &[u8]) -> io::Result<usize> {
    write_ready(file, buf, MOST_TO_DEVICE)
}

fn write_ready(mut file: &fs::File, buf: &[u8], most: usize) -> io::Result<usize> {
    check_ready(file, libc::POLLOUT)?;
    file.write(&buf[..buf.len().min(most)])
}

/// # Errors
/// `WouldBlock`: it is not.
fn check_ready(file: &fs::File, events: libc::c_short) -> io::Result<()> {
    let mut polled = libc::pollfd {
        fd: file.as_raw_fd(),
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
    use std::fs;
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::AsRawFd;

    /// At the file's own position.
    const HERE: libc::off_t = -1;

    pub(super) fn read(file: &fs::File, buf: &mut [u8]) -> io::Result<usize> {
        let mut bufs = [IoSliceMut::new(buf)];
        let (fd, iovec) = (file.as_raw_fd(), bufs.as_mut_ptr().cast());
        // SAFETY: `IoSliceMut` is laid out as the system's `iovec`; it is one, and lives until the
        // call is over.
        result(unsafe { libc::preadv2(fd, iovec, 1, HERE, libc::RWF_NOWAIT) })
    }

    pub(super) fn write(file: &fs::File, buf: &[u8]) -> io::Result<usize> {
        let bufs = [IoSlice::new(buf)];
        let (fd, iovec) = (file.as_raw_fd(), bufs.as_ptr().cast());
        // SAFETY: `IoSlice` is laid out as the system's `iovec`; it is one, and lives until the
        // call is over.
        result(unsafe { libc::pwritev2(fd, iovec, 1, HERE, libc::RWF_NOWAIT) })
    }

    fn result(n: libc::ssize_t) -> io::Result<usize> {
        usize::try_from(n).map_err(|_| io::Error::last_os_error())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs;
    use std::io;

    pub(super) fn read(_: &fs::File, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }

    pub(super) fn write(_: &fs::File, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::os::fd::OwnedFd;

    type Reading = fn(&fs::File, &mut [u8]) -> io::Result<usize>;
    type Writing = fn(&fs::File, &[u8]) -> io::Result<usize>;

    /// The two ways, of which the second is for systems without the call.
    const WAYS: [(Reading, Writing); 2] = [(read_pipe, write_pipe), (read_device, write_device)];

    fn pipe() -> (fs::File, fs::File) {
        let (reader, writer) = io::pipe().unwrap();
        (OwnedFd::from(reader).into(), OwnedFd::from(writer).into())
    }

    fn would_block(result: io::Result<usize>) -> bool {
        result.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    #[test]
    fn r17_a_blocking_pipe_is_used_without_waiting() {
        for (read, write) in WAYS {
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
        for (read, write) in WAYS {
            let (reader, writer) = pipe();
            drop(reader);
            let error = write(&writer, b"x").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
            let (reader, _) = pipe();
            assert_eq!(read(&reader, &mut [0]).unwrap(), 0);
        }
    }
}
