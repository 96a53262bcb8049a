//! Files and directories. Mirrors [`std::fs`].
//!
//! | `std::fs` | here | difference |
//! |---|---|---|
//! | the functions, `read_dir` to `write` | the same names | they suspend |
//! | `os::unix::fs::{symlink, chown, lchown}` | [`symlink`], [`chown`], [`lchown`] | they suspend |
//! | `File` | [`File`] | its methods suspend; [`into_std`](File::into_std); an `Arc<File>` reads as `&*file`, since `futures-io` leaves no room for more |
//! | `File::lock`, `lock_shared` | the same | looks every few milliseconds, can be cancelled |
//! | `os::unix::fs::FileExt` | methods of [`File`] | `read_at`, `write_at` .. suspend |
//! | `OpenOptions`, with `OpenOptionsExt` | [`OpenOptions`] | a FIFO is opened without waiting |
//! | `DirBuilder`, with `DirBuilderExt` | [`DirBuilder`] | `create` suspends |
//! | `ReadDir`, `DirEntry`, with `DirEntryExt` | [`ReadDir`], [`DirEntry`] | `for` suspends |
//! | `Metadata`, `Permissions`, `FileType`, `FileTimes` | the same, re-exported | none |
//! | `Path::exists`, `is_file` .. | [`exists`], [`metadata`] | those of `Path` block, and rustc says so in vthread code |
//!
//! What the system has in memory is looked up and read in place, where the system can say that it
//! will not wait (Linux: `openat2`, `preadv2`). For all else it tells no one when a disk is ready,
//! so the work is done on helper threads, which may be slow, or never come back from a server that
//! has gone away. No vthread waits for them longer than it wants to: a cancelled one leaves at
//! once, and the helper, which has a copy of all it needs, finishes alone. So a cancelled change
//! may still take effect, as each function says.
//!
//! FIFOs (named pipes) and terminals are watched like sockets: no thread waits for what may never
//! come. Those that come from elsewhere, by `TryFrom`, are not made non-blocking, since others may
//! share them.
//!
//! On Windows helper threads do the work of all files. There [`File`] has no `read_at` and
//! `write_at`, and links are made by `symlink_file` and `symlink_dir`.
//!
//! In code that is not under `#[vthread]`, the functions block, and `.block()` makes the call of a
//! method and blocks.

mod cached;
mod cursor;
mod dir_builder;
mod dir_entries;
mod file;
#[cfg(unix)]
mod file_at;
mod file_conversions;
mod file_lock;
pub(crate) mod helper;
mod known;
mod links_and_copies;
mod open;
mod paths;
mod shared_file;
mod vectored;
mod whole_file;

// What differs from system to system.
#[cfg_attr(windows, path = "dir_mode_windows.rs")]
mod dir_mode;
#[cfg_attr(windows, path = "links_windows.rs")]
mod links;
#[cfg_attr(windows, path = "opening_windows.rs")]
mod opening;
#[cfg_attr(windows, path = "handle_windows.rs")]
mod raw_descriptor;
#[cfg_attr(windows, path = "stream_windows.rs")]
mod stream;

pub use dir_builder::DirBuilder;
pub use dir_entries::{__vthread_read_dir, DirEntry, EntrySteps, ReadDir, read_dir};
pub use file::File;
pub use known::{
    __vthread_exists, __vthread_metadata, __vthread_symlink_metadata, exists, metadata,
    symlink_metadata,
};
#[cfg(unix)]
pub use links::{__vthread_chown, __vthread_lchown, __vthread_symlink, chown, lchown, symlink};
#[cfg(windows)]
pub use links::{__vthread_symlink_dir, __vthread_symlink_file, symlink_dir, symlink_file};
pub use links_and_copies::{
    __vthread_canonicalize, __vthread_copy, __vthread_hard_link, __vthread_read_link,
    __vthread_set_permissions, canonicalize, copy, hard_link, read_link, set_permissions,
};
pub use open::OpenOptions;
pub use paths::{
    __vthread_create_dir, __vthread_create_dir_all, __vthread_remove_dir, __vthread_remove_dir_all,
    __vthread_remove_file, __vthread_rename, create_dir, create_dir_all, remove_dir,
    remove_dir_all, remove_file, rename,
};
pub use std::fs::{FileTimes, FileType, Metadata, Permissions, TryLockError};
pub use whole_file::{
    __vthread_read, __vthread_read_to_string, __vthread_write, read, read_to_string, write,
};
