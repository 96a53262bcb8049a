//! Opening of files.
//!
//! Files are opened so that nothing blocks, as far as the system has such files: see `opening`.

use super::cached::{self, For};
use super::file::File;
use super::helper::on_helper;
use super::opening::{Flags, open_now, opened};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::fs;
use std::future::{Future, poll_fn};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options with which a file is opened. As [`std::fs::OpenOptions`].
///
/// It implements `OpenOptionsExt` of the system as well, as std's does.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::fs::OpenOptions;
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("log");
/// let mut options = OpenOptions::new();
/// // In #[vthread] code without the .block()
/// let log = options.append(true).create(true).open(&path).block()?;
/// assert_eq!(log.metadata().block()?.len(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct OpenOptions {
    pub(super) options: fs::OpenOptions,
    pub(super) flags: Flags,
    /// Whether it asks for anything but to read what is there.
    pub(super) changes: bool,
    reads: bool,
}

/// One option, with std's name.
macro_rules! option {
    ($(#[doc = $doc:literal])* $name:ident, $noted:ident) => {
        $(#[doc = $doc])*
        pub fn $name(&mut self, $name: bool) -> &mut Self {
            self.options.$name($name);
            // A change that was taken back is taken for one: that costs a helper.
            self.$noted |= $name;
            self
        }
    };
}

impl OpenOptions {
    /// Makes a set of options without any access, to be changed.
    #[allow(clippy::new_without_default)] // As in std.
    pub fn new() -> Self {
        OpenOptions {
            options: fs::OpenOptions::new(),
            flags: 0,
            changes: false,
            reads: false,
        }
    }

    option! {
        /// Whether the file can be read.
        read, reads
    }
    option! {
        /// Whether the file can be written.
        write, changes
    }
    option! {
        /// Whether each write goes to the end of the file, wherever that is then.
        append, changes
    }
    option! {
        /// Whether the file is emptied when it is opened.
        truncate, changes
    }
    option! {
        /// Whether the file is made if there is none.
        create, changes
    }
    option! {
        /// Whether the file is made, and must not have been there.
        create_new, changes
    }

    /// Opens the file at `path`.
    ///
    /// A FIFO can be opened for reading at once; reading waits for a writer. Opened for writing
    /// only, it waits for a reader, by a try every few milliseconds, as the system does not report
    /// one.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has opened the file.
    ///
    /// # Cancellation
    /// Leaves at once. The file may still be made, or emptied, if that was asked for.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::OpenOptions::open`].
    pub fn open<P: AsRef<Path>>(
        &self,
        path: P,
    ) -> Call<io::Result<File>, impl Future<Output = io::Result<File>> + Send + use<P>> {
        Call::leaf(open(self.clone(), path.as_ref().to_owned()))
    }
}

suspends!(OpenOptions: "open");

/// The frame of [`OpenOptions::open`].
pub(super) async fn open(options: OpenOptions, path: PathBuf) -> io::Result<File> {
    if options.reads && !options.changes {
        poll_fn(checkpoint).await;
        if let Some(found) = cached::look_up(&path, For::Reading) {
            return opened(found?);
        }
    }
    let order = Arc::new((options, path));
    let mut pause = Duration::from_millis(1);
    loop {
        let order = order.clone();
        if let Some(file) = on_helper(move || open_now(&order.0, &order.1)).await? {
            return Ok(file);
        }
        Sleep::for_duration(pause).await;
        pause = (pause * 2).min(Duration::from_millis(32));
    }
}
