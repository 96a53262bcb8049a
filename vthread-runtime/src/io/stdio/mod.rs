//! The standard streams of the process.

mod input;
mod output;

pub use input::{Stdin, StdinLock, stdin};
pub use output::{Stderr, StderrLock, Stdout, StdoutLock, stderr, stdout};

use crate::fs::File;
use crate::io::Result;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// A stream of the process: another handle of its descriptor, which is not changed, since it may be
/// shared. None if it has been closed.
fn file_of(descriptor: Result<OwnedFd>) -> Option<File> {
    File::try_from(std::fs::File::from(descriptor.ok()?)).ok()
}

macro_rules! descriptors {
    ($($function:ident: $($ty:ty),*;)*) => { $($(
        impl AsFd for $ty {
            fn as_fd(&self) -> BorrowedFd<'_> {
                rustix::stdio::$function()
            }
        }

        impl AsRawFd for $ty {
            fn as_raw_fd(&self) -> RawFd {
                self.as_fd().as_raw_fd()
            }
        }
    )*)* };
}

descriptors! {
    stdin: Stdin, StdinLock<'_>;
    stdout: Stdout, StdoutLock<'_>;
    stderr: Stderr, StderrLock<'_>;
}

/// Whether it has been closed, which std takes for an end.
fn is_closed(error: &crate::io::Error) -> bool {
    error.raw_os_error() == Some(libc::EBADF)
}
