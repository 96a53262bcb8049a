//! A descriptor that the reactor watches.

use super::readiness::{Direction, Interest, Observed, Readiness, Ticket};
use crate::driver;
use crate::task::taking::taking;
use std::fmt;
use std::io;
use std::ops::Deref;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Whether the system reports each time that a descriptor gets ready. Windows does so only after an
/// attempt that would have blocked.
const REPORTS_UNASKED: bool = cfg!(unix);

/// A descriptor that the reactor watches, from its registration to its drop.
pub(crate) struct Source<S: mio::event::Source> {
    /// None once it has been taken out.
    pub(super) io: Option<S>,
    /// Its place in the table of the reactor.
    pub(super) index: u32,
    pub(super) readiness: Arc<Readiness>,
}

impl<S: mio::event::Source> Source<S> {
    /// Registers `io`. The first attempts in the directions of `assumed` are made without waiting.
    pub(crate) fn new(mut io: S, assumed: Interest) -> io::Result<Self> {
        let readiness = Arc::new(Readiness::new(assumed));
        let index = driver::get()
            .reactor()
            .register(&mut io, readiness.clone())?;
        Ok(Source {
            io: Some(io),
            index,
            readiness,
        })
    }

    /// Takes it out: it is watched no longer.
    pub(crate) fn into_inner(mut self) -> S {
        let mut io = self.io.take().expect("only this takes it out");
        driver::get().reactor().deregister(&mut io, self.index);
        io
    }

    pub(super) fn io(&self) -> &S {
        self.io.as_ref().expect("it is taken out with the source")
    }

    /// Repeats `attempt` until it does not block, on behalf of a `poll_*` function.
    pub(crate) fn poll_io<T>(
        &self,
        direction: Direction,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let operation = |cx: &mut Context<'_>| {
            loop {
                if let Poll::Ready(result) = self.attempt(direction, &mut attempt) {
                    return Poll::Ready(result.map(|(value, _)| value));
                }
                ready!(self.readiness.poll_wait(direction, cx));
            }
        };
        taking(cx, operation, Result::is_ok)
    }

    /// As `poll_io`, for attempts to transfer `wanted` bytes over a stream. If fewer are
    /// transferred, the buffer of the system is exhausted: the next attempt need not be made before
    /// the next report.
    pub(crate) fn poll_transfer(
        &self,
        direction: Direction,
        wanted: usize,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&S) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let operation = |cx: &mut Context<'_>| {
            loop {
                if let Poll::Ready(result) = self.attempt(direction, &mut attempt) {
                    let (transferred, observed) = result?;
                    // Nothing at all is the end, or was asked for: in both cases the flag stays.
                    if REPORTS_UNASKED && transferred > 0 && transferred < wanted {
                        self.readiness.clear(observed, direction);
                    }
                    return Poll::Ready(Ok(transferred));
                }
                ready!(self.readiness.poll_wait(direction, cx));
            }
        };
        taking(cx, operation, Result::is_ok)
    }

    /// One attempt, if the descriptor is thought to be ready: Pending if it is not.
    fn attempt<T>(
        &self,
        direction: Direction,
        attempt: &mut impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<(T, Observed)>> {
        loop {
            let observed = self.readiness.observe();
            if !observed.is_ready(direction) {
                return Poll::Pending;
            }
            match attempt(self.io()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readiness.clear_blocked(observed, direction)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result.map(|value| (value, observed))),
            }
        }
    }
}

impl<S: mio::event::Source> Deref for Source<S> {
    type Target = S;
    fn deref(&self) -> &S {
        self.io()
    }
}

impl<S: mio::event::Source> Drop for Source<S> {
    fn drop(&mut self) {
        if let Some(io) = &mut self.io {
            driver::get().reactor().deregister(io, self.index);
        }
    }
}

impl<S: mio::event::Source + fmt::Debug> fmt::Debug for Source<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io().fmt(f)
    }
}

/// A wait for one direction of a source, in the frame of one of our own operations.
#[derive(Debug)]
pub(crate) struct Waiting<'s, S: mio::event::Source> {
    pub(super) source: &'s Source<S>,
    pub(super) direction: Direction,
    pub(super) ticket: Option<Ticket>,
}

impl<'s, S: mio::event::Source> Waiting<'s, S> {
    pub(crate) fn new(source: &'s Source<S>, direction: Direction) -> Self {
        Waiting {
            source,
            direction,
            ticket: None,
        }
    }

    /// Repeats `attempt` until it does not block.
    pub(crate) fn poll_io<T>(
        &mut self,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let operation = |cx: &mut Context<'_>| {
            loop {
                if let Poll::Ready(result) = self.source.attempt(self.direction, &mut attempt) {
                    return Poll::Ready(result.map(|(value, _)| value));
                }
                ready!(self.source.readiness.poll_wait_ticketed(
                    self.direction,
                    &mut self.ticket,
                    cx
                ));
            }
        };
        taking(cx, operation, Result::is_ok)
    }
}

impl<S: mio::event::Source> Drop for Waiting<'_, S> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.source.readiness.retire(self.direction, ticket);
        }
    }
}
