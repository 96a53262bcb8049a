//! Functions of the path of a file or a directory.

use super::helper::on_helper;
use crate::task::call::vthread_fn;
use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;

/// A function of std's with the same name and one path, done by a helper.
macro_rules! on_path {
    ($(#[$attr:meta])* $name:ident = $companion:ident -> $value:ty) => {
        vthread_fn! {
            $(#[$attr])*
            ///
            /// # Suspends
            /// Always a checkpoint, and until that is done.
            ///
            /// # Cancellation
            /// Leaves at once. A change may still be made, or not.
            ///
            /// # Errors
            #[doc = concat!("The system's error, as for [`std::fs::", stringify!($name), "`].")]
            pub fn $name = $companion [P](path: P) -> io::Result<$value> [where P: AsRef<Path>]
                => impl Future<Output = io::Result<$value>> + Send + use<P> {{
                    let path = path.as_ref().to_owned();
                    on_helper(move || fs::$name(&path))
                }}
        }
    };
}

on_path! {
    /// Makes a directory.
    create_dir = __vthread_create_dir -> ()
}
on_path! {
    /// Makes a directory, and those above it that are missing.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("one/in/another");
    /// fs::create_dir_all(&path)?;
    /// assert!(fs::metadata(&path)?.is_dir());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    create_dir_all = __vthread_create_dir_all -> ()
}
on_path! {
    /// Removes an empty directory.
    remove_dir = __vthread_remove_dir -> ()
}
on_path! {
    /// Removes a directory with everything in it.
    remove_dir_all = __vthread_remove_dir_all -> ()
}
on_path! {
    /// Removes a file.
    remove_file = __vthread_remove_file -> ()
}
vthread_fn! {
    /// Gives a file or a directory another name, over a file that has that name.
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be renamed, or not.
    ///
    /// # Errors
    /// The system's error, as for [`std::fs::rename`].
    pub fn rename = __vthread_rename [P, Q](from: P, to: Q) -> io::Result<()>
        [where P: AsRef<Path>, Q: AsRef<Path>]
        => impl Future<Output = io::Result<()>> + Send + use<P, Q> {{
            let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
            on_helper(move || fs::rename(&from, &to))
        }}
}
