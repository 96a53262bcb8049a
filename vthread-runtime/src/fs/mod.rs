//! Files and directories. Mirrors [`std::fs`].
//!
//! Systems do not report when a disk is ready, so the work is done on helper threads, which may be
//! slow, or never come back from a server that has gone away. A vthread does not have to wait for
//! them: a cancelled one leaves at once, and the helper, which has a copy of all it needs, finishes
//! alone. So a cancelled change may still take effect, as described at each function.
//!
//! FIFOs (named pipes) and terminals are watched like sockets: no thread waits for data that may
//! never come. Those that come from elsewhere, by `TryFrom`, are not made non-blocking, since they
//! may be shared.
//!
//! In code that is not under `#[vthread]`, the functions block, and `.block()` makes the call of a
//! method and blocks.

mod cursor;
mod file;
mod helper;
mod open;
mod paths;
mod stream;
mod whole_file;
mod without_waiting;

pub use file::File;
pub use open::OpenOptions;
pub use paths::{
    __vthread_create_dir, __vthread_create_dir_all, __vthread_metadata, __vthread_remove_dir,
    __vthread_remove_dir_all, __vthread_remove_file, __vthread_rename, __vthread_symlink_metadata,
    create_dir, create_dir_all, metadata, remove_dir, remove_dir_all, remove_file, rename,
    symlink_metadata,
};
pub use std::fs::{FileType, Metadata, Permissions};
pub use whole_file::{
    __vthread_read, __vthread_read_to_string, __vthread_write, read, read_to_string, write,
};
