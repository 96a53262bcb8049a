//! Symbolic links and owners, as Unix has them.

use super::helper::on_helper;
use super::links_and_copies::on_paths;
use crate::task::call::vthread_fn;
use std::fs::{self, Permissions};
use std::future::Future;
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Has a file that is made get these permissions from the start.
pub(super) fn with_mode_of<'o>(
    options: &'o mut fs::OpenOptions,
    permissions: &Permissions,
) -> &'o mut fs::OpenOptions {
    options.mode(permissions.mode())
}

on_paths! {
    /// Makes a symbolic link `link`, which points to `original`. It is
    /// `std::os::unix::fs::symlink`.
    symlink = __vthread_symlink(original, link) by std::os::unix::fs::symlink
}

vthread_fn! {
    /// Changes the owner of a file or a directory. A link is followed. It is
    /// `std::os::unix::fs::chown`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be changed, or not.
    ///
    /// # Errors
    /// What the system says, as for [`std::os::unix::fs::chown`].
    pub fn chown = __vthread_chown [P](path: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()>
        [where P: AsRef<Path>]
        => impl Future<Output = io::Result<()>> + Send + use<P> {{
            let path = path.as_ref().to_owned();
            on_helper(move || std::os::unix::fs::chown(&path, uid, gid))
        }}
}

vthread_fn! {
    /// As [`chown`](chown()), of a link itself. It is `std::os::unix::fs::lchown`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be changed, or not.
    ///
    /// # Errors
    /// What the system says, as for [`std::os::unix::fs::lchown`].
    pub fn lchown = __vthread_lchown [P](path: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()>
        [where P: AsRef<Path>]
        => impl Future<Output = io::Result<()>> + Send + use<P> {{
            let path = path.as_ref().to_owned();
            on_helper(move || std::os::unix::fs::lchown(&path, uid, gid))
        }}
}
