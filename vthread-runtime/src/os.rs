//! Features of particular systems. Mirrors [`std::os`].
//!
//! | `std::os` | here | difference |
//! |---|---|---|
//! | `fd`, `unix::ffi`, `unix::io`, `linux::fs` | the same, re-exported | none |
//! | `unix::fs`: `symlink`, `chown`, `lchown` | [`unix::fs`] | they suspend |
//! | `unix::fs`: the traits, `fchown`, `chroot` | the same, re-exported | our types have the methods; `FileExt` is for std's |
//! | `unix::net` | [`unix::net`] | waits suspend |
//! | `unix::process`: `CommandExt`; `linux::net`: `TcpStreamExt` | methods of [`Command`] and [`TcpStream`] | the traits are re-exported, for std's |
//! | `windows::fs`: `symlink_file`, `symlink_dir` | `windows::fs` | they suspend |
//! | `windows::{ffi, io, process}` | the same, re-exported | `TryFrom` for `From` where a handle may be in use |
//!
//! [`Command`]: crate::process::Command
//! [`TcpStream`]: crate::net::TcpStream

#[cfg(unix)]
pub use std::os::fd;

/// Features of Unix. Mirrors [`std::os::unix`].
#[cfg(unix)]
pub mod unix {
    pub use crate::net::unix as net;
    pub use std::os::unix::{ffi, io};

    /// Files. Mirrors [`std::os::unix::fs`].
    pub mod fs {
        pub use crate::fs::{__vthread_chown, __vthread_lchown, __vthread_symlink};
        pub use crate::fs::{chown, lchown, symlink};
        pub use std::os::unix::fs::{
            DirBuilderExt, DirEntryExt, FileExt, FileTypeExt, MetadataExt, OpenOptionsExt,
            PermissionsExt, chroot, fchown,
        };
    }

    /// Processes. Mirrors [`std::os::unix::process`]; what `CommandExt` has are methods of
    /// [`Command`](crate::process::Command) itself, and the trait is for std's.
    pub mod process {
        pub use std::os::unix::process::{CommandExt, ExitStatusExt, parent_id};
    }
}

/// Features of Linux. Mirrors [`std::os::linux`].
#[cfg(target_os = "linux")]
pub mod linux {
    pub use std::os::linux::{fs, net};
}

/// Features of Windows. Mirrors [`std::os::windows`].
#[cfg(windows)]
pub mod windows {
    pub use std::os::windows::{ffi, io};

    /// Files. Mirrors [`std::os::windows::fs`].
    pub mod fs {
        pub use crate::fs::{__vthread_symlink_dir, __vthread_symlink_file};
        pub use crate::fs::{symlink_dir, symlink_file};
        pub use std::os::windows::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
    }

    /// Processes. Mirrors [`std::os::windows::process`]; `CommandExt` is for std's.
    pub mod process {
        pub use std::os::windows::process::{CommandExt, ExitStatusExt};
    }
}
