//! Operations of sockets that wait until the socket is ready, as frames of their own.

use super::refusals::timed_out;
use crate::driver::{Direction, Source, Waiting};
use crate::io::first_poll;
use crate::primitive::{AtomicU64, Ordering};
use crate::task::current::checkpoint;
use crate::time::{Duration, Sleep};
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

/// Repeats `attempt` until it does not block.
///
/// # Errors
/// The error of the attempt, and std's after `limit`.
pub(crate) async fn when_ready<S: mio::event::Source, T>(
    source: &Source<S>,
    direction: Direction,
    limit: Option<Duration>,
    mut attempt: impl FnMut(&S) -> io::Result<T>,
) -> io::Result<T> {
    let mut waiting = Waiting::new(source, direction);
    let operation = poll_fn(|cx| {
        ready!(checkpoint(cx));
        waiting.poll_io(cx, &mut attempt)
    });
    let Some(limit) = limit else {
        return operation.await;
    };
    let (mut operation, mut sleep) = (pin!(operation), pin!(Sleep::for_duration(limit)));
    poll_fn(|cx| {
        let polled = operation.as_mut().poll(cx);
        poll_within(sleep.as_mut(), polled, cx)
    })
    .await
}

/// The result of a poll of an operation that waits until `limit` is over.
pub(crate) fn poll_within<T>(
    limit: Pin<&mut Sleep>,
    polled: Poll<io::Result<T>>,
    cx: &mut Context<'_>,
) -> Poll<io::Result<T>> {
    if polled.is_ready() {
        return polled;
    }
    ready!(limit.poll(cx));
    Poll::Ready(Err(timed_out()))
}

/// How long reads and writes of a socket may wait. Of this handle: the system has no part in it.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    read: Limit,
    write: Limit,
}

/// Nanoseconds; none is no limit.
#[derive(Debug, Default)]
struct Limit(AtomicU64);

impl Limits {
    fn of(&self, direction: Direction) -> &Limit {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    pub(crate) fn get(&self, direction: Direction) -> Option<Duration> {
        match self.of(direction).0.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    /// # Errors
    /// As std: no time at all is no limit.
    pub(crate) fn set(&self, direction: Direction, limit: Option<Duration>) -> io::Result<()> {
        let nanos = match limit {
            None => 0,
            Some(Duration::ZERO) => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "cannot set a 0 duration timeout",
                ));
            }
            Some(limit) => u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX),
        };
        if nanos > 0 {
            first_poll::count();
        }
        self.of(direction).0.store(nanos, Ordering::Relaxed);
        Ok(())
    }
}

/// Methods that std's socket has, and that do not wait: `as_std! { std::net::UdpSocket, |this|
/// this.source; fn ttl() -> u32; }`.
macro_rules! as_std {
    ($std:ty, |$this:ident| $source:expr; $(fn $name:ident($($argument:ident: $ty:ty),*) -> $output:ty;)*) => {
        $(
            #[doc = concat!("As [`", stringify!($name), "`](", stringify!($std), "::", stringify!($name), ") of std's. Does not wait.")]
            ///
            /// # Errors
            /// The system's error.
            pub fn $name(&self, $($argument: $ty),*) -> ::std::io::Result<$output> {
                let $this = self;
                $source.$name($($argument),*)
            }
        )*
    };
}
pub(in crate::net) use as_std;

/// The limits of a socket's reads and writes, as std's has them.
macro_rules! limits {
    () => {
        /// Sets how long reads may wait; `None` is no limit. Of this handle only; clones have
        /// limits of their own.
        ///
        /// A read that takes longer fails with [`WouldBlock`](std::io::ErrorKind::WouldBlock), as
        /// std's do. In vthread code `timeout!` limits any block.
        ///
        /// # Errors
        /// The limit is no time at all.
        pub fn set_read_timeout(
            &self,
            limit: Option<$crate::time::Duration>,
        ) -> ::std::io::Result<()> {
            self.limits.set($crate::driver::Direction::Read, limit)
        }

        /// Sets how long writes may wait; `None` is no limit. See `set_read_timeout`.
        ///
        /// # Errors
        /// The limit is no time at all.
        pub fn set_write_timeout(
            &self,
            limit: Option<$crate::time::Duration>,
        ) -> ::std::io::Result<()> {
            self.limits.set($crate::driver::Direction::Write, limit)
        }

        /// Returns how long reads may wait.
        ///
        /// # Errors
        /// None.
        pub fn read_timeout(&self) -> ::std::io::Result<Option<$crate::time::Duration>> {
            Ok(self.limits.get($crate::driver::Direction::Read))
        }

        /// Returns how long writes may wait.
        ///
        /// # Errors
        /// None.
        pub fn write_timeout(&self) -> ::std::io::Result<Option<$crate::time::Duration>> {
            Ok(self.limits.get($crate::driver::Direction::Write))
        }
    };
}
pub(crate) use limits;
