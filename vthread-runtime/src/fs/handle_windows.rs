//! A file as its handle, and back.

use super::file::File;
use std::fs;
use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle, RawHandle};

impl AsHandle for File {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.file().as_handle()
    }
}

impl AsRawHandle for File {
    fn as_raw_handle(&self) -> RawHandle {
        self.file().as_raw_handle()
    }
}

impl From<OwnedHandle> for File {
    /// Helper threads read and write it.
    fn from(handle: OwnedHandle) -> Self {
        File::of_helpers(fs::File::from(handle))
    }
}

impl TryFrom<File> for OwnedHandle {
    type Error = io::Error;

    /// As [`File::into_std`].
    fn try_from(file: File) -> io::Result<Self> {
        file.into_std().map(OwnedHandle::from)
    }
}
