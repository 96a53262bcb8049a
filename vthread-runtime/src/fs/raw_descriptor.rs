//! A file as the number of its descriptor, and back.

#![allow(unsafe_code)] // The conversion from a number, which std declares unsafe.

use super::file::File;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

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
