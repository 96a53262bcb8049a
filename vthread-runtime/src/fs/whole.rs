//! Whole files at once.

use super::open::{OpenOptions, open};
use crate::group::call::vthread_fn;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};

vthread_fn! {
    /// Reads all of the file at `path`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the file has been read. A FIFO is read until its last writer has gone.
    ///
    /// # Cancellation
    /// Leaves at once, and drops what has been read.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::read`].
    ///
    /// # Examples
    /// ```
    /// use vthread_runtime::fs;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("numbers");
    /// fs::write(&path, [1, 2, 3])?;
    /// assert_eq!(fs::read(&path)?, [1, 2, 3]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read = __vthread_read [P](path: P) -> io::Result<Vec<u8>> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<Vec<u8>>> + Send + use<P> { read_file(path.as_ref().to_owned()) }
}

vthread_fn! {
    /// Reads all of the text in the file at `path`.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the file has been read. A FIFO is read until its last writer has gone.
    ///
    /// # Cancellation
    /// Leaves at once, and drops what has been read.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] if it is not UTF-8, and what the system says, as for [`std::fs::read_to_string`].
    pub fn read_to_string = __vthread_read_to_string [P](path: P) -> io::Result<String> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<String>> + Send + use<P> { read_text(path.as_ref().to_owned()) }
}

vthread_fn! {
    /// Makes the file at `path`, or empties it, and writes all of `contents` to it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until all is written. A FIFO is waited for to have a reader.
    ///
    /// # Cancellation
    /// Leaves at once. The file may still be made, emptied, or written, in whole or in part.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::write`].
    pub fn write = __vthread_write [P, C](path: P, contents: C) -> io::Result<()>
        [where P: AsRef<Path>, C: AsRef<[u8]>]
        => impl Future<Output = io::Result<()>> + Send + use<P, C> {
            write_file(path.as_ref().to_owned(), contents.as_ref().to_owned())
        }
}

async fn read_file(path: PathBuf) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    open(options, path).await?.read_whole().await
}

async fn read_text(path: PathBuf) -> io::Result<String> {
    String::from_utf8(read_file(path).await?).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "stream did not contain valid UTF-8",
        )
    })
}

async fn write_file(path: PathBuf, contents: Vec<u8>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    open(options, path).await?.write_whole(contents).await
}
