//! Features of particular systems. Mirrors [`std::os`].

/// Features of Unix. Mirrors [`std::os::unix`].
pub mod unix {
    pub use crate::net::unix as net;

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
    /// [`Command`](crate::process::Command).
    pub mod process {
        pub use std::os::unix::process::{ExitStatusExt, parent_id};
    }
}
