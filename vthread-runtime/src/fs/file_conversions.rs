//! Other handles of a file, and what it is made of and becomes.

use super::file::File;
use super::opening::from_std;
use crate::process::Stdio;
use crate::task::call::{Call, suspends};
use std::fs::{self, FileTimes};
use std::future::Future;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::SystemTime;

impl File {
    /// Another handle of the same opening of the file: both have one cursor, and one lock. Does not
    /// wait.
    ///
    /// # Errors
    /// The system has no more descriptors.
    pub fn try_clone(&self) -> io::Result<File> {
        let other = from_std(self.file().try_clone()?)?;
        self.is_shared_from_now_on();
        Ok(other)
    }

    /// Sets when the file was read and changed last. As [`std::fs::File::set_times`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_times(
        &self,
        times: FileTimes,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(move |file| file.set_times(times))
    }

    /// Sets when the file was changed last. As [`std::fs::File::set_modified`].
    ///
    /// # Suspends
    /// Always a checkpoint, and until that is done.
    ///
    /// # Cancellation
    /// Leaves at once. It may still be done, or not.
    ///
    /// # Errors
    /// What the system says.
    pub fn set_modified(
        &self,
        time: SystemTime,
    ) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send + use<>> {
        self.work(move |file| file.set_modified(time))
    }

    /// Whether it is a terminal. As `std::io::IsTerminal`.
    pub fn is_terminal(&self) -> bool {
        self.file().is_terminal()
    }

    /// The file of std. An operation that a cancelled vthread has left alone may still be under
    /// way; then it is another handle of the same opening.
    ///
    /// # Errors
    /// The system has no more descriptors.
    pub fn into_std(self) -> io::Result<fs::File> {
        let file = self.file().clone();
        drop(self);
        Arc::try_unwrap(file).or_else(|file| file.try_clone())
    }
}

suspends!(File: "set_times" "set_modified");

impl TryFrom<File> for fs::File {
    type Error = io::Error;

    /// As [`File::into_std`].
    fn try_from(file: File) -> io::Result<Self> {
        file.into_std()
    }
}

impl From<File> for Stdio {
    /// # Panics
    /// If an operation is under way that a cancelled vthread has left alone, and the system has no
    /// more descriptors.
    fn from(file: File) -> Self {
        let file = file.into_std();
        file.expect("the system has a descriptor for the file")
            .into()
    }
}
