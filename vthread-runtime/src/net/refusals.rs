//! The numbers by which Unix says why a socket does not do something now.

use std::io;

/// The error of std's operations after their time limit.
pub(in crate::net) fn timed_out() -> io::Error {
    io::Error::from_raw_os_error(libc::EAGAIN)
}

/// Whether descriptors or memory are out, of the process or of the system.
pub(in crate::net) fn is_shortage(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM)
    )
}

/// Whether a connection has begun to be made.
pub(in crate::net) fn is_in_progress(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS)
}
