//! How Unix opens a file.
//!
//! Files are opened so that nothing blocks: for a FIFO, the system would otherwise wait for its
//! other end, and a helper thread with it, forever if need be. It is the same for terminals.
//! Regular files are not affected.

use super::file::File;
use super::open::OpenOptions;
use super::stream::{Blocks, Stream, clear_nonblocking};
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// The flags that only the system knows.
pub(super) type Flags = i32;

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

/// On a helper. None: it is a FIFO to be written to, and has no reader yet.
pub(super) fn open_now(options: &OpenOptions, path: &Path) -> io::Result<Option<File>> {
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
            Ok(Some(File::with_cursor(Arc::new(file), false)))
        }
        Err(error) => Err(error),
    }
}

/// A file that has just been opened here, so that it does not block, and is shared with no one.
pub(super) fn opened(file: fs::File) -> io::Result<File> {
    let file_type = file.metadata()?.file_type();
    if !is_watched(file_type) {
        return Ok(File::with_cursor(Arc::new(file), false));
    }
    let file = Arc::new(file);
    match Stream::new(file.clone(), Blocks::Never) {
        Ok(stream) => Ok(File::watched(stream)),
        Err(error) if file_type.is_fifo() => Err(error),
        // Devices that cannot be watched, such as /dev/zero, are always ready.
        Err(_) => {
            clear_nonblocking(&file)?;
            Ok(File::with_cursor(file, true))
        }
    }
}

/// A file from elsewhere. Whether its operations block is a property of this opening of the file,
/// which may be shared, with another process perhaps: it is not changed.
pub(super) fn from_std(file: fs::File) -> io::Result<File> {
    let file_type = file.metadata()?.file_type();
    let file = Arc::new(file);
    if !is_watched(file_type) {
        return Ok(File::with_cursor(file, true));
    }
    let blocks = match file_type.is_fifo() {
        true => Blocks::Pipe,
        false => Blocks::Device,
    };
    match Stream::new(file.clone(), blocks) {
        Ok(stream) => Ok(File::watched(stream)),
        Err(error) if file_type.is_fifo() => Err(error),
        Err(_) => Ok(File::with_cursor(file, true)),
    }
}

fn is_watched(file_type: fs::FileType) -> bool {
    file_type.is_fifo() || file_type.is_char_device()
}
