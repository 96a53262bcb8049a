//! The streams of the process as files: handles of descriptors that are shared with other
//! processes.

use super::{Stderr, StderrLock, Stdin, StdinLock, Stdout, StdoutLock};
use crate::fs::File;
use crate::io::Result;
use crate::io::frames::{ReadFrames, WriteFrames, io_by_frames};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// Where the standard input comes from.
pub(super) struct Input(Option<File>);

impl Input {
    pub(super) fn stdin() -> Self {
        Input(file_of(std::io::stdin().as_fd().try_clone_to_owned()))
    }
}

impl ReadFrames for Input {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        let Some(file) = &mut self.0 else {
            return Ok(0);
        };
        match file.read_frame(buf).await {
            Err(error) if is_closed(&error) => Ok(0),
            result => result,
        }
    }
}

io_by_frames!([] Input: Read);

/// Where the standard output or the standard error goes.
pub(super) struct Output(Option<File>);

impl Output {
    pub(super) fn stdout() -> Self {
        Output(file_of(std::io::stdout().as_fd().try_clone_to_owned()))
    }

    pub(super) fn stderr() -> Self {
        Output(file_of(std::io::stderr().as_fd().try_clone_to_owned()))
    }
}

impl WriteFrames for Output {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        let Some(file) = &mut self.0 else {
            return Ok(buf.len());
        };
        match file.write_frame(buf).await {
            Err(error) if is_closed(&error) => Ok(buf.len()),
            result => result,
        }
    }

    async fn flush_frame(&mut self) -> Result<()> {
        match &mut self.0 {
            None => Ok(()),
            Some(file) => file.flush_frame().await,
        }
    }
}

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
