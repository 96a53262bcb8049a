//! What the system knows of the file at a path: told in place where it has that in memory.

use super::Metadata;
use super::cached::{self, For};
use super::helper::on_helper;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use std::fs;
use std::future::{Future, poll_fn};
use std::io;
use std::path::{Path, PathBuf};

vthread_fn! {
    /// What the system knows of a file or a directory. A link is followed.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told, unless it has that in memory.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::metadata`].
    pub fn metadata = __vthread_metadata [P](path: P) -> io::Result<Metadata> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<Metadata>> + Send + use<P> {
            known(path.as_ref().to_owned(), For::Knowing)
        }
}

vthread_fn! {
    /// What the system knows of a file, a directory or a link. A link is not followed.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told, unless it has that in memory.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::symlink_metadata`].
    pub fn symlink_metadata = __vthread_symlink_metadata [P](path: P) -> io::Result<Metadata>
        [where P: AsRef<Path>]
        => impl Future<Output = io::Result<Metadata>> + Send + use<P> {
            known(path.as_ref().to_owned(), For::KnowingTheLink)
        }
}

vthread_fn! {
    /// Whether there is a file or a directory. A link is followed.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told, unless it has that in memory.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// It cannot be told, for lack of a right for instance. As for [`std::fs::exists`].
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// assert!(vthread::fs::exists("/")?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn exists = __vthread_exists [P](path: P) -> io::Result<bool> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<bool>> + Send + use<P> { is_there(path.as_ref().to_owned()) }
}

async fn known(path: PathBuf, purpose: For) -> io::Result<Metadata> {
    poll_fn(checkpoint).await;
    if let Some(known) = cached::metadata(&path, purpose) {
        return known;
    }
    on_helper(move || match purpose {
        For::KnowingTheLink => fs::symlink_metadata(&path),
        _ => fs::metadata(&path),
    })
    .await
}

async fn is_there(path: PathBuf) -> io::Result<bool> {
    poll_fn(checkpoint).await;
    match cached::look_up(&path, For::Knowing) {
        Some(Ok(_)) => Ok(true),
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        _ => on_helper(move || fs::exists(&path)).await,
    }
}
