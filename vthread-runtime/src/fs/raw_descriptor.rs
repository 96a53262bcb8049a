//! A file as its descriptor or the number of that, and back.

#![allow(unsafe_code)] // The conversion from a number, which std declares unsafe.

use super::file::File;
use super::opening::from_std;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file().as_fd()
    }
}

impl AsRawFd for File {
    fn as_raw_fd(&self) -> RawFd {
        self.file().as_raw_fd()
    }
}

impl From<OwnedFd> for File {
    /// Has a pipe or a terminal watched, as `TryFrom<std::fs::File>` does; what cannot be watched
    /// is left to helper threads.
    fn from(fd: OwnedFd) -> Self {
        let file = fs::File::from(fd);
        let other = file.try_clone();
        match from_std(file) {
            Ok(file) => file,
            Err(_) => File::of_helpers(other.expect("the system has a descriptor for the file")),
        }
    }
}

impl TryFrom<File> for OwnedFd {
    type Error = io::Error;

    /// As [`File::into_std`].
    fn try_from(file: File) -> io::Result<Self> {
        file.into_std().map(OwnedFd::from)
    }
}

impl IntoRawFd for File {
    /// # Panics
    /// If an operation is under way that a cancelled vthread has left alone, and the system has no
    /// more descriptors.
    fn into_raw_fd(self) -> RawFd {
        let file = self.into_std();
        file.expect("the system has a descriptor for the file")
            .into_raw_fd()
    }
}

impl FromRawFd for File {
    /// As `From<OwnedFd>`.
    unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the caller's promise: it is open, and passes into our hands.
        unsafe { OwnedFd::from_raw_fd(fd) }.into()
    }
}
