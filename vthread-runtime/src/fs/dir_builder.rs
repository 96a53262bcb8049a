//! How a directory is made.

use super::dir_mode::Mode;
use super::helper::on_helper;
use crate::task::call::{Call, Suspends, name_hash};
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;

/// How a directory is to be made. As [`std::fs::DirBuilder`].
///
/// On Unix it implements `std::os::unix::fs::DirBuilderExt` as well.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::fs::{self, DirBuilder};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("one/in/another");
/// // In #[vthread] code without the .block()
/// DirBuilder::new().recursive(true).create(&path).block()?;
/// assert!(fs::exists(&path)?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct DirBuilder {
    is_recursive: bool,
    /// The permissions of what is made, on Unix.
    pub(super) mode: Mode,
}

impl DirBuilder {
    /// One directory, whose parent is there, with the usual permissions.
    #[allow(clippy::new_without_default)] // As in std.
    pub fn new() -> Self {
        DirBuilder {
            is_recursive: false,
            mode: Mode::default(),
        }
    }

    /// Whether the directories above it that are missing are made too, and it may be there already.
    pub fn recursive(&mut self, recursive: bool) -> &mut Self {
        self.is_recursive = recursive;
        self
    }

    /// Makes the directory.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be made, or not.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::DirBuilder::create`].
    pub fn create<P: AsRef<Path>>(
        &self,
        path: P,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<P>> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(self.is_recursive);
        self.mode.set(&mut builder);
        let path = path.as_ref().to_owned();
        Call::leaf(on_helper(move || builder.create(&path)))
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("create") }> for DirBuilder {}
