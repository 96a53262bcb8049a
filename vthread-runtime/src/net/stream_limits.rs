//! Time limits of streams, which are polled.

use super::ready::Limits;
use super::refusals::timed_out;
use crate::base::late_box::LateBox;
use crate::driver::Direction;
use crate::io::first_poll;
use crate::primitive::Mutex;
use crate::time::{Duration, Sleep};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// How long the reads and writes of a stream may wait, and since when they do. Few streams have
/// limits, and a stream is moved from frame to frame: the others pay one word.
#[derive(Debug, Default)]
pub(crate) struct StreamLimits(LateBox<Limited>);

#[derive(Debug, Default)]
struct Limited {
    limits: Limits,
    waits: Mutex<Vec<Wait>>,
}

/// An operation that waits under a limit.
#[derive(Debug)]
struct Wait {
    direction: Direction,
    /// The waiter.
    waker: Waker,
    sleep: Pin<Box<Sleep>>,
}

impl StreamLimits {
    #[inline]
    pub(crate) fn get(&self, direction: Direction) -> Option<Duration> {
        self.0.get()?.limits.get(direction)
    }

    /// # Errors
    /// As std: no time at all is no limit.
    pub(crate) fn set(&self, direction: Direction, limit: Option<Duration>) -> io::Result<()> {
        if limit.is_none() && self.0.get().is_none() {
            return Ok(());
        }
        let limited = self.0.get_or_make(Limited::default);
        limited.limits.set(direction, limit)
    }

    /// The result of a poll of an operation, under the limit of its direction.
    #[inline]
    pub(crate) fn polled<T>(
        &self,
        direction: Direction,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let Some(limited) = self.0.get() else {
            return polled;
        };
        match limited.limits.get(direction) {
            None => polled,
            Some(limit) => limited.polled(direction, limit, cx, polled),
        }
    }
}

impl Limited {
    #[cold]
    fn polled<T>(
        &self,
        direction: Direction,
        limit: Duration,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let before = self.take(direction, cx.waker());
        if polled.is_ready() {
            return polled;
        }
        // A wait left behind by an abandoned operation does not count.
        let before = before.filter(|_| !first_poll::is_first());
        let mut sleep = match before {
            Some(wait) => wait.sleep,
            None => Box::pin(Sleep::for_duration(limit)),
        };
        if sleep.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(timed_out()));
        }
        let wait = Wait {
            direction,
            waker: cx.waker().clone(),
            sleep,
        };
        self.waits.lock().push(wait);
        Poll::Pending
    }

    /// Takes the wait out that `waker` has begun. It is dropped outside the lock.
    fn take(&self, direction: Direction, waker: &Waker) -> Option<Wait> {
        let mut waits = self.waits.lock();
        let is_its = |wait: &Wait| wait.direction == direction && wait.waker.will_wake(waker);
        let n = waits.iter().position(is_its)?;
        Some(waits.swap_remove(n))
    }
}

/// Makes the methods of a stream that depend on its `limits`, and its `close_shared`.
macro_rules! stream {
    () => {
        $crate::net::ready::limits! {}

        fn limited<T>(
            &self,
            direction: $crate::driver::Direction,
            cx: &mut ::std::task::Context<'_>,
            polled: ::std::task::Poll<::std::io::Result<T>>,
        ) -> ::std::task::Poll<::std::io::Result<T>> {
            self.limits.polled(direction, cx, polled)
        }

        fn close_shared(&self) -> ::std::io::Result<()> {
            match self.shutdown($crate::net::Shutdown::Write) {
                // The other side was quicker.
                Err(error) if error.kind() == ::std::io::ErrorKind::NotConnected => Ok(()),
                result => result,
            }
        }
    };
}
pub(crate) use stream;
