//! Waiting for a descriptor of another library.

use super::Result;
use crate::driver::{Descriptor, Direction, Interest, Source, Waiting};
use crate::task::call::{Call, suspends};
use crate::task::current::checkpoint;
use std::fmt;
use std::future::{Future, poll_fn};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::ready;

/// A descriptor of another library, to wait until it is ready: of inotify, a timer, a terminal, a
/// device, or of a library in C that does its own reading.
///
/// Operations on the descriptor must not block: open it with `O_NONBLOCK`.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use std::io::{Read, Write};
/// use std::os::unix::net::UnixStream;
/// use vthread::io::AsyncFd;
///
/// let (one, mut other) = UnixStream::pair()?;
/// one.set_nonblocking(true)?;
/// let watched = AsyncFd::new(one)?;
/// other.write_all(b"words")?;
/// let mut buf = [0; 16];
/// // In #[vthread] code without the .block()
/// let n = watched.read_with(|mut one| one.read(&mut buf)).block()?;
/// assert_eq!(n, 5);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct AsyncFd<T: AsRawFd> {
    source: Source<Descriptor<T>>,
}

impl<T: AsRawFd> AsyncFd<T> {
    /// Registers the descriptor of `inner`, which must stay the same.
    ///
    /// # Errors
    /// The system cannot watch it: regular files and many devices are always ready.
    pub fn new(inner: T) -> Result<Self> {
        Ok(AsyncFd {
            source: Source::new(Descriptor(inner), Interest::BOTH)?,
        })
    }

    /// Returns the owner of the descriptor.
    pub fn get_ref(&self) -> &T {
        &self.source.0
    }

    /// Returns the owner of the descriptor, which must stay the same.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.source.get_mut().0
    }

    /// Returns the owner of the descriptor, which is no longer watched.
    pub fn into_inner(self) -> T {
        self.source.into_inner().0
    }
}

impl<T: AsRawFd + Sync> AsyncFd<T> {
    /// Waits until there is something to read, or the end, or an error.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system reports that it is ready.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system cannot be asked.
    pub fn readable(&self) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        Call::leaf(self.ready(Direction::Read))
    }

    /// Waits until there is room to write, or an error.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the system reports that it is ready.
    ///
    /// # Cancellation
    /// Nothing has changed.
    ///
    /// # Errors
    /// The system cannot be asked.
    pub fn writable(&self) -> Call<Result<()>, impl Future<Output = Result<()>> + Send> {
        Call::leaf(self.ready(Direction::Write))
    }

    /// Reads by `attempt`, and waits and reads again as long as that fails with
    /// [`WouldBlock`](std::io::ErrorKind::WouldBlock).
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is something to read.
    ///
    /// # Cancellation
    /// Cancelled means that no attempt has succeeded.
    ///
    /// # Errors
    /// The error of the attempt.
    pub fn read_with<R>(
        &self,
        attempt: impl FnMut(&T) -> Result<R> + Send,
    ) -> Call<Result<R>, impl Future<Output = Result<R>> + Send> {
        Call::leaf(self.with(Direction::Read, attempt))
    }

    /// Writes by `attempt`, and waits and writes again as long as that fails with
    /// [`WouldBlock`](std::io::ErrorKind::WouldBlock).
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is room.
    ///
    /// # Cancellation
    /// Cancelled means that no attempt has succeeded.
    ///
    /// # Errors
    /// The error of the attempt.
    pub fn write_with<R>(
        &self,
        attempt: impl FnMut(&T) -> Result<R> + Send,
    ) -> Call<Result<R>, impl Future<Output = Result<R>> + Send> {
        Call::leaf(self.with(Direction::Write, attempt))
    }

    /// Reading by other means does not change the flag: so the system is asked again each time.
    async fn ready(&self, direction: Direction) -> Result<()> {
        poll_fn(checkpoint).await;
        self.source.ask_again(direction)?;
        let mut waiting = Waiting::new(&self.source, direction);
        poll_fn(|cx| {
            ready!(checkpoint(cx));
            waiting.poll_ready(cx)
        })
        .await;
        Ok(())
    }

    async fn with<R>(
        &self,
        direction: Direction,
        mut attempt: impl FnMut(&T) -> Result<R>,
    ) -> Result<R> {
        let mut waiting = Waiting::new(&self.source, direction);
        poll_fn(|cx| {
            ready!(checkpoint(cx));
            waiting.poll_io(cx, |descriptor| attempt(&descriptor.0))
        })
        .await
    }
}

suspends!(impl [T: AsRawFd] AsyncFd<T>: "readable" "writable" "read_with" "write_with");

impl<T: AsRawFd + UnwindSafe> UnwindSafe for AsyncFd<T> {}
impl<T: AsRawFd + RefUnwindSafe> RefUnwindSafe for AsyncFd<T> {}

impl<T: AsRawFd> AsRawFd for AsyncFd<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.source.0.as_raw_fd()
    }
}

impl<T: AsRawFd + AsFd> AsFd for AsyncFd<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.0.as_fd()
    }
}

impl<T: AsRawFd + fmt::Debug> fmt::Debug for AsyncFd<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncFd").field(&self.source.0).finish()
    }
}
