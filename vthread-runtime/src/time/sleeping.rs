//! Waiting for a point in time.
#![allow(unsafe_code)] // Projection to the pinned limit.

use super::{Duration, Instant};
use crate::driver::time_limit::Limit;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

vthread_fn! {
    /// Waits for `duration`: at least so long, and rounded up to the next millisecond.
    ///
    /// # Suspends
    /// Always a checkpoint. A zero duration is only that.
    ///
    /// # Cancellation
    /// The wait ends at once, and nothing is left behind.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::time::{Duration, Instant, sleep};
    ///
    /// let before = Instant::now();
    /// sleep(Duration::from_millis(2));
    /// assert!(before.elapsed() >= Duration::from_millis(2));
    /// ```
    pub fn sleep = __vthread_sleep(duration: Duration) -> () => Sleep { Sleep::for_duration(duration) }
}

vthread_fn! {
    /// Waits until `deadline`, rounded up to the next millisecond.
    ///
    /// # Suspends
    /// Always a checkpoint. If `deadline` has passed it is only that.
    ///
    /// # Cancellation
    /// The wait ends at once, and nothing is left behind.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::time::{Duration, Instant, sleep_until};
    ///
    /// let deadline = Instant::now() + Duration::from_millis(2);
    /// sleep_until(deadline);
    /// assert!(Instant::now() >= deadline);
    /// ```
    pub fn sleep_until = __vthread_sleep_until(deadline: Instant) -> () => Sleep { Sleep::until(deadline) }
}

/// The frame of [`sleep`] and [`sleep_until`], and the future of a [`Timer`](super::Timer).
#[derive(Debug)]
pub struct Sleep {
    limit: Limit,
}

impl Sleep {
    pub(crate) fn for_duration(duration: Duration) -> Self {
        Sleep {
            limit: Limit::after(duration),
        }
    }

    pub(super) fn until(deadline: Instant) -> Self {
        Sleep {
            limit: Limit::at(deadline),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(checkpoint(cx));
        // SAFETY: The limit is pinned with the frame: nothing moves it out.
        let limit = unsafe { self.as_ref().map_unchecked(|sleep| &sleep.limit) };
        if limit.was_due() {
            return Poll::Ready(());
        }
        wait_reason::waits(WaitReason::Sleeping, cx);
        limit.poll_over(cx)
    }
}

#[cfg(all(test, not(loom)))]
#[path = "sleeping_tests.rs"]
mod tests;
