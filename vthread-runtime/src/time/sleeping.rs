//! Waiting for a point in time.
#![allow(unsafe_code)] // Projection to the pinned alarm.

use super::{Duration, Instant};
use crate::driver::{self, Alarm, Set};
use crate::scheduler::park::Park;
use crate::task::call::vthread_fn;
use crate::task::current::checkpoint;
use crate::task::wait_reason;
use crate::task::wait_reason::Doing;
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
    /// use vthread_runtime::time::{Duration, Instant, sleep};
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
    /// use vthread_runtime::time::{Duration, Instant, sleep_until};
    ///
    /// let deadline = Instant::now() + Duration::from_millis(2);
    /// sleep_until(deadline);
    /// assert!(Instant::now() >= deadline);
    /// ```
    pub fn sleep_until = __vthread_sleep_until(deadline: Instant) -> () => Sleep { Sleep::until(deadline) }
}

/// The frame of [`sleep`] and [`sleep_until`].
#[derive(Debug)]
pub struct Sleep {
    alarm: Alarm<'static>,
}

impl Sleep {
    pub(crate) fn for_duration(duration: Duration) -> Self {
        if duration.is_zero() {
            return Sleep::new(None);
        }
        let now = Instant::now();
        // What no instant can express does not come to pass; thirty years stand for it.
        let far_away = Duration::from_secs(30 * 365 * 24 * 60 * 60);
        Sleep::new(Some(
            now.checked_add(duration).unwrap_or_else(|| now + far_away),
        ))
    }

    pub(super) fn until(deadline: Instant) -> Self {
        Sleep::new((deadline > Instant::now()).then_some(deadline))
    }

    /// `None`: the time has come already.
    fn new(deadline: Option<Instant>) -> Self {
        Sleep {
            alarm: driver::get().alarm_at(deadline),
        }
    }

    fn alarm(self: Pin<&Self>) -> Pin<&Alarm<'static>> {
        // SAFETY: The alarm is pinned with the frame: nothing moves it out.
        unsafe { self.map_unchecked(|sleep| &sleep.alarm) }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(checkpoint(cx));
        let sleep = self.as_ref();
        let alarm = sleep.alarm();
        if alarm.was_due() {
            return Poll::Ready(());
        }
        wait_reason::waits(Doing::Sleeping, cx);
        if alarm.has_rung() {
            return Poll::Ready(());
        }
        if alarm.is_set() {
            alarm.rewire(cx.waker());
            // It may have rung meanwhile, and woken the one that was wired before.
            return if alarm.has_rung() {
                Poll::Ready(())
            } else {
                Poll::Pending
            };
        }
        match alarm.set_as_made(cx.waker().clone()) {
            Set::Due => Poll::Ready(()),
            Set::Waiting => Poll::Pending,
            Set::EndTheWait => {
                driver::get().unpark();
                Poll::Pending
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
#[path = "sleeping_tests.rs"]
mod tests;
