//! An open file.

use super::cursor::Cursor;
use super::helper::{OnHelper, on_helper};
use super::open::OpenOptions;
use super::opening::from_std;
use super::stream::Stream;
use super::vectored::{read_parts, write_parts};
use super::whole_file::{read_all, write_all};
use super::{Metadata, Permissions};
use crate::io::frames::{ReadFrames, SeekFrames, WriteFrames, io_by_frames};
use crate::io::inherent::inherent_io;
use crate::io::{IoSlice, IoSliceMut, SeekFrom};
use crate::sync::Mutex;
use crate::task::call::{Call, suspends};
use std::fmt;
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

/// An open file.
///
/// As [`std::fs::File`]. It reads, writes and seeks in two ways:
/// - [`io::Read`](crate::io::Read), [`io::Write`](crate::io::Write) and
///   [`io::Seek`](crate::io::Seek) of this library, which suspend;
/// - std's traits of the same names, which block, for libraries written against those.
///
/// A read fills its buffer unless the file ends there, as one of std's does. Where another handle
/// may move the cursor, after [`try_clone`](File::try_clone) and in a file from elsewhere, it may
/// return less, so that its bytes are in one piece.
///
/// It does not implement the `poll_*` traits of `futures-io`, whose callers cannot tell it that
/// they gave up a write, so that the next one could not be told from it.
///
/// # Cancellation
/// A cancelled vthread leaves at once, and its operation may go on without it, on a helper thread
/// with a copy of the bytes. The next operation on the cursor waits until that is over:
/// - an abandoned read loses nothing: the next read gets its bytes;
/// - an abandoned write, seek, or change of the length may still take effect, or not;
///   [`flush`](crate::io::Write::flush) waits until a write or a seek is settled.
///
/// On FIFOs and terminals, which are watched, a cancelled read or write has not happened.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::fs::File;
/// use vthread::io::{Read, Write};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("greeting");
/// let mut file = File::create(&path).block()?; // In #[vthread] code without the .block()
/// file.write_all(b"good morning").block()?;
/// let mut text = String::new();
/// File::open(&path).block()?.read_to_string(&mut text).block()?;
/// assert_eq!(text, "good morning");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct File {
    kind: Kind,
}

/// How its operations are made.
#[derive(Debug)]
pub(super) enum Kind {
    /// The file stands beside the cursor, for what leaves that alone.
    WithCursor {
        file: Arc<fs::File>,
        cursor: Mutex<Cursor>,
        /// Whether another handle may move the cursor.
        is_shared: AtomicBool,
    },
    #[cfg_attr(windows, expect(dead_code, reason = "the system has no such files"))]
    Watched(Stream),
}

impl File {
    /// Opens the file at `path` for reading. See [`OpenOptions::open`] for its meaning for a FIFO.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has opened the file.
    ///
    /// # Cancellation
    /// Leaves at once. Nothing has changed.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::File::open`].
    pub fn open<P: AsRef<Path>>(
        path: P,
    ) -> Call<io::Result<File>, impl Future<Output = io::Result<File>> + Send + use<P>> {
        OpenOptions::new().read(true).open(path)
    }

    /// Opens the file at `path` for writing, and makes or empties it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has opened the file.
    ///
    /// # Cancellation
    /// Leaves at once. The file may still be made, or emptied.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::File::create`].
    pub fn create<P: AsRef<Path>>(
        path: P,
    ) -> Call<io::Result<File>, impl Future<Output = io::Result<File>> + Send + use<P>> {
        let mut options = File::options();
        options.write(true).create(true).truncate(true).open(path)
    }

    /// Makes the file at `path`, which must not be there, for reading and writing.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has made the file.
    ///
    /// # Cancellation
    /// Leaves at once. The file may still be made.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::File::create_new`].
    pub fn create_new<P: AsRef<Path>>(
        path: P,
    ) -> Call<io::Result<File>, impl Future<Output = io::Result<File>> + Send + use<P>> {
        let mut options = File::options();
        options.read(true).write(true).create_new(true).open(path)
    }

    /// The same as [`OpenOptions::new`].
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// Writes all data and all metadata of the file to the disk.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// The system's error.
    pub fn sync_all(
        &self,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(|file| file.sync_all())
    }

    /// Writes all data to the disk, with as much of the metadata as is needed to read it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// The system's error.
    pub fn sync_data(
        &self,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(|file| file.sync_data())
    }

    /// Cuts the file, or fills it up with zeros, to `length` bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_len(
        &self,
        length: u64,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(move |file| file.set_len(length))
    }

    /// Returns the metadata of the file.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has answered.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// The system's error.
    pub fn metadata(
        &self,
    ) -> Call<io::Result<Metadata>, impl Future<Output = io::Result<Metadata>> + Send + use<>> {
        self.work(|file| file.metadata())
    }

    /// Changes the permissions of the file.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_permissions(
        &self,
        permissions: Permissions,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(move |file| file.set_permissions(permissions))
    }

    /// A file whose operations are done by helpers.
    pub(super) fn with_cursor(file: Arc<fs::File>, is_shared: bool) -> Self {
        File {
            kind: Kind::WithCursor {
                cursor: Mutex::new(Cursor::new(file.clone())),
                file,
                is_shared: AtomicBool::new(is_shared),
            },
        }
    }

    /// Another handle has been made.
    pub(super) fn is_shared_from_now_on(&self) {
        if let Kind::WithCursor { is_shared, .. } = &self.kind {
            is_shared.store(true, Relaxed);
        }
    }

    /// The same, of a file from elsewhere.
    pub(super) fn of_helpers(file: fs::File) -> Self {
        File::with_cursor(Arc::new(file), true)
    }

    /// A file that the reactor watches.
    #[cfg(unix)]
    pub(super) fn watched(stream: Stream) -> Self {
        File {
            kind: Kind::Watched(stream),
        }
    }

    /// Reads all of a file that has just been opened.
    pub(super) async fn read_whole(mut self) -> io::Result<Vec<u8>> {
        if let Kind::WithCursor { file, .. } = &self.kind {
            return read_all(file.clone()).await;
        }
        let mut bytes = Vec::new();
        self.read_to_end_frame(&mut bytes).await?;
        Ok(bytes)
    }

    /// Writes all of `bytes` into a file that has just been opened.
    pub(super) async fn write_whole(mut self, bytes: Vec<u8>) -> io::Result<()> {
        if let Kind::WithCursor { file, .. } = &self.kind {
            return write_all(file.clone(), bytes).await;
        }
        self.write_all_frame(&bytes).await
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }

    pub(super) fn file(&self) -> &Arc<fs::File> {
        match &self.kind {
            Kind::WithCursor { file, .. } => file,
            Kind::Watched(stream) => stream.file(),
        }
    }

    /// Does `work`, which has nothing to do with the cursor.
    pub(super) fn work<R: Send + 'static>(
        &self,
        work: impl FnOnce(&fs::File) -> io::Result<R> + Send + 'static,
    ) -> Call<io::Result<R>, OnHelper<R>> {
        let file = self.file().clone();
        Call::leaf(on_helper(move || work(&file)))
    }
}

impl ReadFrames for File {
    async fn read_frame(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &mut self.kind {
            Kind::WithCursor {
                cursor, is_shared, ..
            } => cursor.get_mut().read(buf, *is_shared.get_mut()).await,
            Kind::Watched(stream) => stream.read(buf).await,
        }
    }

    async fn read_vectored_frame(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        read_parts(self, bufs).await
    }
}

impl WriteFrames for File {
    async fn write_frame(&mut self, buf: &[u8]) -> io::Result<usize> {
        match &mut self.kind {
            Kind::WithCursor { cursor, .. } => cursor.get_mut().write(buf).await,
            Kind::Watched(stream) => stream.write(buf).await,
        }
    }

    async fn write_vectored_frame(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        write_parts(self, bufs).await
    }

    async fn flush_frame(&mut self) -> io::Result<()> {
        match &mut self.kind {
            Kind::WithCursor { cursor, .. } => cursor.get_mut().flush().await,
            Kind::Watched(stream) => stream.flush().await,
        }
    }
}

impl SeekFrames for File {
    async fn seek_frame(&mut self, position: SeekFrom) -> io::Result<u64> {
        match &mut self.kind {
            Kind::WithCursor { cursor, .. } => cursor.get_mut().seek(position).await,
            Kind::Watched(stream) => stream.seek(position).await,
        }
    }
}

io_by_frames!([] File: Read Write Seek);
inherent_io!(File: Read Write Seek);

suspends!(File: "sync_all" "sync_data" "set_len" "metadata" "set_permissions");
impl io::Read for File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Call::leaf(self.read_frame(buf)).block()
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        Call::leaf(self.read_vectored_frame(bufs)).block()
    }
}

impl io::Write for File {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Call::leaf(self.write_frame(buf)).block()
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        Call::leaf(self.write_vectored_frame(bufs)).block()
    }

    fn flush(&mut self) -> io::Result<()> {
        Call::leaf(self.flush_frame()).block()
    }
}

impl io::Seek for File {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        Call::leaf(self.seek_frame(position)).block()
    }
}

impl TryFrom<fs::File> for File {
    type Error = io::Error;

    /// Registers a pipe or a terminal. Its operations stay blocking for others who share it, such
    /// as the process that passed it to this one: here they are made one at a time, when the system
    /// reports that it is ready.
    fn try_from(file: fs::File) -> io::Result<Self> {
        from_std(file)
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file().fmt(f)
    }
}
