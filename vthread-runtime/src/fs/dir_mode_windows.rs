//! The permissions of a directory that is made: Windows takes those of the directory above it.

use std::fs;

/// The permissions that were asked for: none can be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mode;

impl Mode {
    pub(super) fn set(self, _: &mut fs::DirBuilder) {}
}
