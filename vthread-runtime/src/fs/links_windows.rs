//! Symbolic links, as Windows has them.

use super::links_and_copies::on_paths;
use crate::task::call::vthread_fn;
use std::fs::{self, Permissions};

/// A file that is made takes its permissions from its directory.
pub(super) fn with_mode_of<'o>(
    options: &'o mut fs::OpenOptions,
    _: &Permissions,
) -> &'o mut fs::OpenOptions {
    options
}

on_paths! {
    /// Makes a symbolic link `link`, which points to the file `original`. It is
    /// `std::os::windows::fs::symlink_file`.
    symlink_file = __vthread_symlink_file(original, link) by std::os::windows::fs::symlink_file
}
on_paths! {
    /// Makes a symbolic link `link`, which points to the directory `original`. It is
    /// `std::os::windows::fs::symlink_dir`.
    symlink_dir = __vthread_symlink_dir(original, link) by std::os::windows::fs::symlink_dir
}
