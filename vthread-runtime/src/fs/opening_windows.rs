//! How Windows opens a file: a helper thread waits for it.

use super::file::File;
use super::open::OpenOptions;
use std::fs;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

/// The flags that only the system knows: the options of std keep them.
pub(super) type Flags = u32;

impl OpenOptionsExt for OpenOptions {
    fn access_mode(&mut self, access: u32) -> &mut Self {
        self.options.access_mode(access);
        self.changes = true;
        self
    }

    fn share_mode(&mut self, mode: u32) -> &mut Self {
        self.options.share_mode(mode);
        self
    }

    fn custom_flags(&mut self, flags: u32) -> &mut Self {
        self.flags = flags;
        self.options.custom_flags(flags);
        self
    }

    fn attributes(&mut self, attributes: u32) -> &mut Self {
        self.options.attributes(attributes);
        self
    }

    fn security_qos_flags(&mut self, flags: u32) -> &mut Self {
        self.options.security_qos_flags(flags);
        self
    }
}

/// On a helper. Never none: what is opened is there.
pub(super) fn open_now(options: &OpenOptions, path: &Path) -> io::Result<Option<File>> {
    opened(options.options.open(path)?).map(Some)
}

/// A file that has just been opened here.
pub(super) fn opened(file: fs::File) -> io::Result<File> {
    from_std(file)
}

/// A file from anywhere.
pub(super) fn from_std(file: fs::File) -> io::Result<File> {
    Ok(File::with_cursor(Arc::new(file), true))
}
