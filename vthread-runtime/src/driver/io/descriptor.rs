//! A descriptor of any kind, in a form that the reactor can watch.

use super::reactor::Reactor;
use super::readiness::Direction;
use super::source::{Source, Waiting};
use crate::driver;
use mio::unix::SourceFd;
use std::fmt;
use std::io;
use std::ops::Deref;
use std::os::fd::{AsRawFd, RawFd};
use std::task::{Context, Poll};

/// The owner of a descriptor. Operations on it must not block.
pub(crate) struct Descriptor<T>(pub(crate) T);

impl<T> Deref for Descriptor<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Descriptor<T> {
    fn from(owner: T) -> Self {
        Descriptor(owner)
    }
}

impl<T: AsRawFd> AsRawFd for Descriptor<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl<T: AsRawFd> mio::event::Source for Descriptor<T> {
    fn register(
        &mut self,
        registry: &mio::Registry,
        token: mio::Token,
        interests: mio::Interest,
    ) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).register(registry, token, interests)
    }

    fn reregister(
        &mut self,
        registry: &mio::Registry,
        token: mio::Token,
        interests: mio::Interest,
    ) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).reregister(registry, token, interests)
    }

    fn deregister(&mut self, registry: &mio::Registry) -> io::Result<()> {
        SourceFd(&self.0.as_raw_fd()).deregister(registry)
    }
}

impl<T: fmt::Debug> fmt::Debug for Descriptor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: mio::event::Source> Source<S> {
    /// The descriptor. Another one in its place would not be watched.
    pub(crate) fn get_mut(&mut self) -> &mut S {
        self.io.as_mut().expect("it is taken out with the source")
    }

    /// Makes the system report again whether it is ready for `direction`, and forgets the earlier
    /// report.
    pub(crate) fn ask_again(&self, direction: Direction) -> io::Result<()>
    where
        S: AsRawFd,
    {
        let observed = self.readiness.observe();
        self.readiness.clear_blocked(observed, direction);
        driver::get()
            .reactor()
            .ask_again(self.io().as_raw_fd(), self.index)
    }
}

impl<S: mio::event::Source> Waiting<'_, S> {
    /// Waits until the system reports that the direction is ready.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.source
            .readiness
            .poll_wait_ticketed(self.direction, &mut self.ticket, cx)
    }
}

impl Reactor {
    /// Makes the system report again what the watched descriptor is ready for.
    fn ask_again(&self, descriptor: RawFd, index: u32) -> io::Result<()> {
        let token = self.token(index);
        let both = mio::Interest::READABLE | mio::Interest::WRITABLE;
        self.registry
            .reregister(&mut SourceFd(&descriptor), token, both)
    }
}
