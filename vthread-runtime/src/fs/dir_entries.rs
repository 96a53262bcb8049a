//! What is in a directory.
//!
//! A helper thread reads the entries in batches, and waits between them for no vthread. What it
//! does stands in the `ReadDir`, not in the frame of the step that asked for it: so a cancelled
//! step loses no entry.

use super::Metadata;
use super::helper::{OnHelper, on_helper};
use crate::call::for_loop::IntoSuspendingIter;
use crate::task::call::{Call, Suspends, name_hash, vthread_fn};
use crate::task::current::checkpoint;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, FileType};
use std::future::{Future, poll_fn};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// How many entries a helper reads at a time.
const BATCH: usize = 128;

vthread_fn! {
    /// The entries of a directory, without `.` and `..`.
    ///
    /// `for entry in read_dir(path)?` suspends in vthread code; as an `Iterator`, in plain code and
    /// under an adapter such as `map`, each step blocks.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the directory is open.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::read_dir`].
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path();
    /// fs::write(path.join("one"), "1")?;
    /// for entry in fs::read_dir(path)? {
    ///     assert_eq!(entry?.file_name(), "one");
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn read_dir = __vthread_read_dir [P](path: P) -> io::Result<ReadDir> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<ReadDir>> + Send + use<P> {
            open(path.as_ref().to_owned())
        }
}

async fn open(path: PathBuf) -> io::Result<ReadDir> {
    let batch = on_helper(move || Ok(read_batch(fs::read_dir(&path)?))).await?;
    let mut this = ReadDir {
        entries: VecDeque::new(),
        rest: Rest::Over,
    };
    this.receive(batch);
    Ok(this)
}

/// The entries of a directory, one by one. See [`read_dir`](read_dir()).
#[derive(Debug)]
pub struct ReadDir {
    entries: VecDeque<io::Result<DirEntry>>,
    rest: Rest,
}

/// What has not been read yet.
#[derive(Debug)]
enum Rest {
    There(fs::ReadDir),
    /// The lock makes a `ReadDir` `Sync`, as std's is; it is never taken.
    BeingRead(Mutex<OnHelper<Batch>>),
    Over,
}

/// Some entries, and what is left.
struct Batch {
    entries: VecDeque<io::Result<DirEntry>>,
    rest: Option<fs::ReadDir>,
}

fn read_batch(mut directory: fs::ReadDir) -> Batch {
    let mut entries = VecDeque::new();
    while entries.len() < BATCH {
        match directory.next() {
            Some(entry) => entries.push_back(entry.map(DirEntry::of)),
            None => {
                return Batch {
                    entries,
                    rest: None,
                };
            }
        }
    }
    Batch {
        entries,
        rest: Some(directory),
    }
}

impl ReadDir {
    fn receive(&mut self, batch: Batch) {
        self.entries = batch.entries;
        self.rest = batch.rest.map_or(Rest::Over, Rest::There);
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<DirEntry>>> {
        loop {
            if let Some(entry) = self.entries.pop_front() {
                return Poll::Ready(Some(entry));
            }
            match &mut self.rest {
                Rest::Over => return Poll::Ready(None),
                Rest::BeingRead(reading) => {
                    let read = ready!(Pin::new(reading.get_mut()).poll(cx));
                    self.rest = Rest::Over;
                    match read {
                        Ok(batch) => self.receive(batch),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                Rest::There(_) => {
                    let Rest::There(directory) = std::mem::replace(&mut self.rest, Rest::Over)
                    else {
                        unreachable!("it was there");
                    };
                    self.rest =
                        Rest::BeingRead(Mutex::new(on_helper(move || Ok(read_batch(directory)))));
                }
            }
        }
    }

    async fn next_entry(&mut self) -> Option<io::Result<DirEntry>> {
        poll_fn(|cx| {
            ready!(checkpoint(cx));
            self.poll_next(cx)
        })
        .await
    }
}

impl Iterator for ReadDir {
    type Item = io::Result<DirEntry>;
    fn next(&mut self) -> Option<Self::Item> {
        Call::leaf(self.next_entry()).block()
    }
}

/// The entries as `for` in vthread code takes them.
#[doc(hidden)]
#[derive(Debug)]
pub struct EntrySteps<D>(D);

impl<D: std::borrow::BorrowMut<ReadDir> + Send> EntrySteps<D> {
    /// The next entry.
    #[allow(clippy::should_implement_trait)]
    pub fn next(
        &mut self,
    ) -> Call<Option<io::Result<DirEntry>>, impl Future<Output = Option<io::Result<DirEntry>>> + Send>
    {
        Call::leaf(self.0.borrow_mut().next_entry())
    }
}

impl IntoSuspendingIter for ReadDir {
    type Steps = EntrySteps<ReadDir>;
    fn into_steps(self) -> Self::Steps {
        EntrySteps(self)
    }
}

impl<'d> IntoSuspendingIter for &'d mut ReadDir {
    type Steps = EntrySteps<&'d mut ReadDir>;
    fn into_steps(self) -> Self::Steps {
        EntrySteps(self)
    }
}

/// One entry of a directory. As [`std::fs::DirEntry`].
pub struct DirEntry {
    pub(super) entry: Arc<fs::DirEntry>,
    /// Systems tell it with the entry, so it is asked for there.
    file_type: Result<FileType, i32>,
}

impl DirEntry {
    fn of(entry: fs::DirEntry) -> Self {
        let file_type = entry
            .file_type()
            .map_err(|error| error.raw_os_error().unwrap_or(libc::EIO));
        DirEntry {
            entry: Arc::new(entry),
            file_type,
        }
    }

    /// Its path: that of the directory as it was given, with its name.
    pub fn path(&self) -> PathBuf {
        self.entry.path()
    }

    /// Its name.
    pub fn file_name(&self) -> OsString {
        self.entry.file_name()
    }

    /// Whether it is a file, a directory, or something else. Links are not followed. Never waits.
    ///
    /// # Errors
    /// What the system said when the entry was read.
    pub fn file_type(&self) -> io::Result<FileType> {
        self.file_type.map_err(io::Error::from_raw_os_error)
    }

    /// What the system knows of it. Links are not followed.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says.
    pub fn metadata(
        &self,
    ) -> Call<io::Result<Metadata>, impl Future<Output = io::Result<Metadata>> + Send + use<>> {
        let entry = self.entry.clone();
        Call::leaf(on_helper(move || entry.metadata()))
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("metadata") }> for DirEntry {}

impl fmt::Debug for DirEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entry.fmt(f)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} entries", self.entries.len())
    }
}
