//! Locks of files, which are for processes to keep out of each other's way.

use super::file::File;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::fs::TryLockError;
use std::future::{Future, poll_fn};
use std::io;

/// The longest time between two looks at a lock that another one has.
const LONGEST_PAUSE: Duration = Duration::from_millis(16);

impl File {
    /// Waits until no other opening of the file has a lock, and locks it. As
    /// [`std::fs::File::lock`].
    ///
    /// It looks every few milliseconds, as the system tells no one when a lock is free.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another one has a lock.
    ///
    /// # Cancellation
    /// Cancelled means not locked.
    ///
    /// # Errors
    /// What the system says.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::fs::File;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("lock");
    /// let file = File::create(&path).block()?;
    /// file.lock().block()?;
    /// assert!(File::open(&path).block()?.try_lock().is_err());
    /// file.unlock()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lock(&self) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send> {
        Call::leaf(lock(|| self.try_lock()))
    }

    /// Waits until no other opening of the file has the lock for itself, and shares it. As
    /// [`std::fs::File::lock_shared`].
    ///
    /// # Suspends
    /// Always a checkpoint, and while another one has the lock for itself.
    ///
    /// # Cancellation
    /// Cancelled means not locked.
    ///
    /// # Errors
    /// What the system says.
    pub fn lock_shared(&self) -> Call<io::Result<()>, impl Future<Output = io::Result<()>> + Send> {
        Call::leaf(lock(|| self.try_lock_shared()))
    }

    /// Locks the file if no other opening of it has a lock. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// Another one has a lock, and what the system says.
    pub fn try_lock(&self) -> Result<(), TryLockError> {
        self.file().try_lock()
    }

    /// Shares the lock of the file if no other opening of it has it for itself. Never waits, never
    /// a checkpoint.
    ///
    /// # Errors
    /// Another one has the lock, and what the system says.
    pub fn try_lock_shared(&self) -> Result<(), TryLockError> {
        self.file().try_lock_shared()
    }

    /// Gives the lock up. So does dropping the file. Never waits, never a checkpoint.
    ///
    /// # Errors
    /// What the system says.
    pub fn unlock(&self) -> io::Result<()> {
        self.file().unlock()
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("lock") }> for File {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("lock_shared") }> for File {}

async fn lock(attempt: impl Fn() -> Result<(), TryLockError>) -> io::Result<()> {
    let mut pause = Duration::from_millis(1);
    loop {
        poll_fn(checkpoint).await;
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {
                Sleep::for_duration(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
