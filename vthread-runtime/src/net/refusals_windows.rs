//! The numbers by which Windows says why a socket does not do something now.

use std::io;

/// `WSAEMFILE`: no more sockets.
const NO_SOCKETS: i32 = 10024;
/// `WSAENOBUFS`: no memory for the queues of a socket.
const NO_MEMORY: i32 = 10055;
/// `WSAETIMEDOUT`.
const TIMED_OUT: i32 = 10060;

/// The error of std's operations after their time limit.
pub(in crate::net) fn timed_out() -> io::Error {
    io::Error::from_raw_os_error(TIMED_OUT)
}

/// Whether sockets or memory are out, of the process or of the system.
pub(in crate::net) fn is_shortage(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(NO_SOCKETS | NO_MEMORY))
}

/// Whether a connection has begun to be made.
pub(in crate::net) fn is_in_progress(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}
