//! What is done with two paths, or with what a path says.

use super::Permissions;
use super::helper::{Wanted, in_steps, on_helper};
use super::links::with_mode_of;
use crate::task::call::vthread_fn;
use std::fs;
use std::future::Future;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How many bytes are copied between two looks at whether they are wanted.
const CHUNK: u64 = 8 * 1024 * 1024;

vthread_fn! {
    /// Copies the file at `from`, with its permissions, to `to`, over a file that is there. Says
    /// how many bytes that were.
    ///
    /// # Suspends
    /// Always a checkpoint, and until all is copied.
    ///
    /// # Cancellation
    /// Leaves at once. The file may be copied in whole or in part; the helper stops at the next
    /// chunk.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::copy`].
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let (one, other) = (directory.path().join("one"), directory.path().join("other"));
    /// fs::write(&one, "words")?;
    /// assert_eq!(fs::copy(&one, &other)?, 5);
    /// assert_eq!(fs::read_to_string(&other)?, "words");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn copy = __vthread_copy [P, Q](from: P, to: Q) -> io::Result<u64>
        [where P: AsRef<Path>, Q: AsRef<Path>]
        => impl Future<Output = io::Result<u64>> + Send + use<P, Q> {{
            let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
            in_steps(move |wanted| copy_in_chunks(&from, &to, wanted))
        }}
}

fn copy_in_chunks(from: &Path, to: &Path, wanted: &Wanted) -> io::Result<u64> {
    let source = fs::File::open(from)?;
    let metadata = source.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the source path is neither a regular file nor a symlink to a regular file",
        ));
    }
    let permissions = metadata.permissions();
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut sink = with_mode_of(&mut options, &permissions).open(to)?;
    // As std does: a device keeps its own.
    if sink.metadata()?.is_file() {
        sink.set_permissions(permissions)?;
    }
    let mut n_copied = 0;
    loop {
        wanted.check()?;
        let n = io::copy(&mut (&source).take(CHUNK), &mut sink)?;
        n_copied += n;
        if n < CHUNK {
            return Ok(n_copied);
        }
    }
}

/// A function of std's with the same name and two paths, done by a helper.
macro_rules! on_paths {
    ($(#[$attr:meta])* $name:ident = $companion:ident($one:ident, $other:ident) by $do:path) => {
        vthread_fn! {
            $(#[$attr])*
            ///
            /// # Suspends
            /// Always a checkpoint, and until that is done.
            ///
            /// # Cancellation
            /// Leaves at once. It may still be made, or not.
            ///
            /// # Errors
            #[doc = concat!("What the system says, as for [`", stringify!($do), "`].")]
            pub fn $name = $companion [P, Q]($one: P, $other: Q) -> ::std::io::Result<()>
                [where P: AsRef<::std::path::Path>, Q: AsRef<::std::path::Path>]
                => impl ::std::future::Future<Output = ::std::io::Result<()>> + Send + use<P, Q> {{
                    let ($one, $other) = ($one.as_ref().to_owned(), $other.as_ref().to_owned());
                    $crate::fs::helper::on_helper(move || $do(&$one, &$other))
                }}
        }
    };
}

pub(super) use on_paths;

on_paths! {
    /// Gives a file another name, beside the one that it has.
    hard_link = __vthread_hard_link(original, link) by std::fs::hard_link
}
vthread_fn! {
    /// The path without links, `.` and `..`, from the root.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::canonicalize`].
    pub fn canonicalize = __vthread_canonicalize [P](path: P) -> io::Result<PathBuf> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<PathBuf>> + Send + use<P> {{
            let path = path.as_ref().to_owned();
            on_helper(move || fs::canonicalize(&path))
        }}
}

vthread_fn! {
    /// Where a symbolic link points to.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system has told.
    ///
    /// # Cancellation
    /// Leaves at once.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::read_link`].
    pub fn read_link = __vthread_read_link [P](path: P) -> io::Result<PathBuf> [where P: AsRef<Path>]
        => impl Future<Output = io::Result<PathBuf>> + Send + use<P> {{
            let path = path.as_ref().to_owned();
            on_helper(move || fs::read_link(&path))
        }}
}

vthread_fn! {
    /// Changes who may do what with a file or a directory. A link is followed.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be changed, or not.
    ///
    /// # Errors
    /// What the system says, as for [`std::fs::set_permissions`].
    pub fn set_permissions = __vthread_set_permissions [P](path: P, permissions: Permissions) -> io::Result<()>
        [where P: AsRef<Path>]
        => impl Future<Output = io::Result<()>> + Send + use<P> {{
            let path = path.as_ref().to_owned();
            on_helper(move || fs::set_permissions(&path, permissions))
        }}
}
