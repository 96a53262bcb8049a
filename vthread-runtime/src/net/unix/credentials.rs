//! The process at the other end of a socket.
#![allow(unsafe_code)] // Asks the system for a structure that std has no name for.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// The process at the other end of a socket, as it was when the connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UCred {
    /// Its user.
    pub uid: libc::uid_t,
    /// Its group.
    pub gid: libc::gid_t,
    /// Its number, where the system tells it.
    pub pid: Option<libc::pid_t>,
}

/// Asks the system.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn of_peer(socket: &impl AsFd) -> io::Result<UCred> {
    let mut credentials = libc::ucred {
        pid: 0,
        uid: 0,
        gid: 0,
    };
    let mut length = size_of_val(&credentials) as libc::socklen_t;
    // SAFETY: the descriptor is open for as long as the borrow, and the structure is of the length
    // that is said.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut credentials).cast(),
            &mut length,
        )
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(UCred {
        uid: credentials.uid,
        gid: credentials.gid,
        pid: Some(credentials.pid),
    })
}

/// Asks the system, which does not tell the number.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn of_peer(socket: &impl AsFd) -> io::Result<UCred> {
    let (mut uid, mut gid) = (0, 0);
    // SAFETY: the descriptor is open for as long as the borrow, and the places are there.
    let result = unsafe { libc::getpeereid(socket.as_fd().as_raw_fd(), &mut uid, &mut gid) };
    match result {
        0 => Ok(UCred {
            uid,
            gid,
            pid: None,
        }),
        _ => Err(io::Error::last_os_error()),
    }
}
