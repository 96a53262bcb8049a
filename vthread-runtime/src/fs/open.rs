//! Opening of files.
//!
//! Files are opened so that nothing blocks: for a FIFO, the system would otherwise wait for its
//! other end, and a helper thread with it, forever if need be. It is the same for terminals.
//! Regular files are not affected.

use super::cached::{self, For};
use super::file::File;
use super::helper::on_helper;
use super::stream::{Blocks, Stream, clear_nonblocking};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::fs;
use std::future::{Future, poll_fn};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The options with which a file is opened. As [`std::fs::OpenOptions`].
///
/// It implements [`std::os::unix::fs::OpenOptionsExt`] as well.
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
    options: fs::OpenOptions,
    flags: i32,
    /// Whether it asks for anything but to read what is there.
    changes: bool,
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

impl OpenOptionsExt for OpenOptions {
    fn mode(&mut self, mode: u32) -> &mut Self {
        self.options.mode(mode);
        self
    }

    fn custom_flags(&mut self, flags: i32) -> &mut Self {
        self.flags = flags;
        self.changes |= flags != 0;
        self
    }
}

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

/// On a helper. None: it is a FIFO to be written to, and has no reader yet.
fn open_now(options: &OpenOptions, path: &Path) -> io::Result<Option<File>> {
    let mut nonblocking = options.options.clone();
    nonblocking.custom_flags(options.flags | libc::O_NONBLOCK);
    let file_type = || fs::metadata(path).map(|metadata| metadata.file_type());
    match nonblocking.open(path) {
        Ok(file) => opened(file).map(Some),
        Err(error) if error.raw_os_error() == Some(libc::ENXIO) => {
            let is_fifo = file_type().is_ok_and(|file_type| file_type.is_fifo());
            if is_fifo { Ok(None) } else { Err(error) }
        }
        // Another program has a lease on the file, and gets time to write back its changes.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock && file_type()?.is_file() => {
            let file = options
                .options
                .clone()
                .custom_flags(options.flags)
                .open(path)?;
            Ok(Some(File::with_cursor(Arc::new(file))))
        }
        Err(error) => Err(error),
    }
}

/// A file that has just been opened here, so that it does not block, and is shared with no one.
pub(super) fn opened(file: fs::File) -> io::Result<File> {
    let file_type = file.metadata()?.file_type();
    if !is_watched(file_type) {
        return Ok(File::with_cursor(Arc::new(file)));
    }
    let file = Arc::new(file);
    match Stream::new(file.clone(), Blocks::Never) {
        Ok(stream) => Ok(File::watched(stream)),
        Err(error) if file_type.is_fifo() => Err(error),
        // Devices that cannot be watched, such as /dev/zero, are always ready.
        Err(_) => {
            clear_nonblocking(&file)?;
            Ok(File::with_cursor(file))
        }
    }
}

/// A file from elsewhere. Whether its operations block is a property of this opening of the file,
/// which may be shared, with another process perhaps: it is not changed.
pub(super) fn from_std(file: fs::File) -> io::Result<File> {
    let file_type = file.metadata()?.file_type();
    let file = Arc::new(file);
    if !is_watched(file_type) {
        return Ok(File::with_cursor(file));
    }
    let blocks = match file_type.is_fifo() {
        true => Blocks::Pipe,
        false => Blocks::Device,
    };
    match Stream::new(file.clone(), blocks) {
        Ok(stream) => Ok(File::watched(stream)),
        Err(error) if file_type.is_fifo() => Err(error),
        Err(_) => Ok(File::with_cursor(file)),
    }
}

fn is_watched(file_type: fs::FileType) -> bool {
    file_type.is_fifo() || file_type.is_char_device()
}
