//! The permissions of a directory that is made, and its number.

use super::dir_builder::DirBuilder;
use super::dir_entries::DirEntry;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, DirEntryExt};

/// The permissions that were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mode(Option<u32>);

impl Mode {
    pub(super) fn set(self, builder: &mut fs::DirBuilder) {
        if let Some(mode) = self.0 {
            builder.mode(mode);
        }
    }
}

impl DirBuilderExt for DirBuilder {
    fn mode(&mut self, mode: u32) -> &mut Self {
        self.mode = Mode(Some(mode));
        self
    }
}

impl DirEntryExt for DirEntry {
    fn ino(&self) -> u64 {
        self.entry.ino()
    }
}
