//! A socket that accepts connections of the Unix domain.

use super::{SocketAddr, UnixStream};
use crate::call::for_loop::IntoSuspendingIter;
use crate::driver::{Descriptor, Direction, Interest, Source};
use crate::io::without_waiting::{blocks, check_acceptable};
use crate::net::accept::Shortage;
use crate::net::conversions::conversions;
use crate::net::ready::{as_std, when_ready};
use crate::net::refusals::is_shortage;
use crate::task::call::{Call, suspends};
use crate::time::Sleep;
use std::future::Future;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;

/// A socket that accepts connections of the Unix domain. As [`std::os::unix::net::UnixListener`].
///
/// Any number of vthreads may accept from one listener.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::net::{UnixListener, UnixStream};
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("socket");
/// let listener = UnixListener::bind(&path)?;
/// let client = UnixStream::connect(&path).block()?; // In #[vthread] code without the .block()
/// let (server, _) = listener.accept().block()?;
/// # drop((client, server));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixListener {
    source: Source<Descriptor<StdListener>>,
    /// It came from elsewhere, where it is expected to block.
    blocks: bool,
    shortage: Shortage,
}

impl UnixListener {
    /// Makes a socket at `path`, and listens at it. Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        UnixListener::of_ours(StdListener::bind(path)?)
    }

    /// Listens at `address`. Does not wait.
    ///
    /// # Errors
    /// The system's error.
    pub fn bind_addr(address: &SocketAddr) -> io::Result<UnixListener> {
        UnixListener::of_ours(StdListener::bind_addr(address)?)
    }

    /// Waits for a connection, and returns it with the address of the other side.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is a connection.
    ///
    /// # Cancellation
    /// Cancelled means not accepted: the connection stays for the next call.
    ///
    /// # Errors
    /// As for [`TcpListener::accept`](crate::net::TcpListener::accept): that there are no more
    /// descriptors, or no memory, is reported after a pause.
    #[allow(clippy::type_complexity)]
    pub fn accept(
        &self,
    ) -> Call<
        io::Result<(UnixStream, SocketAddr)>,
        impl Future<Output = io::Result<(UnixStream, SocketAddr)>> + Send,
    > {
        Call::leaf(self.accepted())
    }

    async fn accepted(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let mut has_paused = false;
        loop {
            let accept = when_ready(&self.source, Direction::Read, None, |listener| {
                if self.blocks {
                    check_acceptable(listener.as_fd())?;
                }
                listener.0.accept()
            });
            match accept.await {
                Err(error) if is_shortage(&error) && !has_paused => {
                    Sleep::for_duration(self.shortage.meet()).await;
                    has_paused = true;
                }
                Err(error) => return Err(error),
                Ok((stream, peer)) => {
                    self.shortage.is_over();
                    return Ok((UnixStream::of_ours(stream)?, peer));
                }
            }
        }
    }

    /// Returns the connections, one by one, without end: `for stream in listener.incoming()`.
    ///
    /// In a `for` of vthread code it suspends; as an `Iterator`, in plain code and under an
    /// adapter, each step blocks. An error is not the end.
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming { listener: self }
    }

    fn of_ours(listener: StdListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        UnixListener::from_socket(listener)
    }

    fn from_socket(listener: StdListener) -> io::Result<Self> {
        Ok(UnixListener {
            blocks: blocks(listener.as_fd())?,
            source: Source::new(Descriptor(listener), Interest::BOTH)?,
            shortage: Shortage::default(),
        })
    }

    fn into_socket(self) -> StdListener {
        self.source.into_inner().0
    }

    as_std! { std::os::unix::net::UnixListener, |this| this.source.0;
        fn local_addr() -> SocketAddr;
        fn take_error() -> Option<io::Error>;
    }
}

conversions!(UnixListener, std::os::unix::net::UnixListener);
suspends!(UnixListener: "accept");

/// The connections that come to a listener. See [`UnixListener::incoming`].
#[derive(Debug)]
pub struct Incoming<'l> {
    listener: &'l UnixListener,
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<UnixStream>;

    fn next(&mut self) -> Option<io::Result<UnixStream>> {
        Some(self.listener.accept().block().map(|(stream, _)| stream))
    }
}

impl<'l> IntoIterator for &'l UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'l>;

    fn into_iter(self) -> Incoming<'l> {
        self.incoming()
    }
}

/// The connections as `for` in vthread code takes them.
#[doc(hidden)]
#[derive(Debug)]
pub struct UnixConnectionSteps<'l> {
    listener: &'l UnixListener,
}

impl<'l> UnixConnectionSteps<'l> {
    /// The next connection.
    #[allow(clippy::should_implement_trait)]
    pub fn next(
        &mut self,
    ) -> Call<
        Option<io::Result<UnixStream>>,
        impl Future<Output = Option<io::Result<UnixStream>>> + Send + use<'l>,
    > {
        let listener = self.listener;
        Call::leaf(async move { Some(listener.accepted().await.map(|(stream, _)| stream)) })
    }
}

impl<'l> IntoSuspendingIter for Incoming<'l> {
    type Steps = UnixConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        UnixConnectionSteps {
            listener: self.listener,
        }
    }
}

impl<'l> IntoSuspendingIter for &mut Incoming<'l> {
    type Steps = UnixConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        UnixConnectionSteps {
            listener: self.listener,
        }
    }
}

impl<'l> IntoSuspendingIter for &'l UnixListener {
    type Steps = UnixConnectionSteps<'l>;
    fn into_steps(self) -> Self::Steps {
        UnixConnectionSteps { listener: self }
    }
}
