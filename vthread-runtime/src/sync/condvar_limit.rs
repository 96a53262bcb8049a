//! Waiting for a change, with a time limit.

use super::condvar::Condvar;
use super::mutex::MutexGuard;
use crate::base::clock;
use crate::driver::time_limit::Limit;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::Context;
use std::time::Duration;

/// Tells whether a wait for a [`Condvar`] ended because its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Returns whether the time was over.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// As [`wait`](Condvar::wait), for at most `limit`. The guard is returned in either case.
    ///
    /// # Suspends
    /// Always a checkpoint, until it is notified or the time is over, and until the lock is free
    /// then.
    ///
    /// # Cancellation
    /// The wait ends, without the lock. A notification that came already goes to another waiter.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use std::time::Duration;
    /// use vthread::sync::{Condvar, Mutex};
    ///
    /// let (mutex, changed) = (Mutex::new(1), Condvar::new());
    /// let limit = Duration::from_millis(1);
    /// let (guard, result) = changed.wait_timeout(mutex.lock().block(), limit).block();
    /// assert!(result.timed_out() && *guard == 1);
    /// ```
    #[track_caller]
    pub fn wait_timeout<'m, T: ?Sized>(
        &self,
        guard: MutexGuard<'m, T>,
        limit: Duration,
    ) -> Call<
        (MutexGuard<'m, T>, WaitTimeoutResult),
        impl Future<Output = (MutexGuard<'m, T>, WaitTimeoutResult)>,
    > {
        let site = Location::caller();
        Call::leaf(async move {
            let limit = pin!(Limit::after(limit));
            let is_over = move |cx: &Context<'_>| limit.as_ref().poll_over(cx);
            let (guard, is_notified) = self.wait_with(guard, site, is_over).await;
            (guard, WaitTimeoutResult(!is_notified))
        })
    }

    /// As [`wait_while`](Condvar::wait_while), for at most `limit`. The result is a timeout if
    /// `condition` is still true.
    ///
    /// # Suspends
    /// Always a checkpoint, and as [`wait_timeout`](Condvar::wait_timeout) for as long as
    /// `condition` is true.
    ///
    /// # Cancellation
    /// As for [`wait`](Condvar::wait).
    ///
    /// # Panics
    /// If `condition` does.
    #[track_caller]
    pub fn wait_timeout_while<'m, T: ?Sized, F: FnMut(&mut T) -> bool>(
        &self,
        mut guard: MutexGuard<'m, T>,
        limit: Duration,
        mut condition: F,
    ) -> Call<
        (MutexGuard<'m, T>, WaitTimeoutResult),
        impl Future<Output = (MutexGuard<'m, T>, WaitTimeoutResult)>,
    > {
        let site = Location::caller();
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            let start = clock::now();
            while condition(&mut *guard) {
                let left = limit.saturating_sub(clock::now() - start);
                if left.is_zero() {
                    return (guard, WaitTimeoutResult(true));
                }
                let limit = pin!(Limit::after(left));
                let is_over = move |cx: &Context<'_>| limit.as_ref().poll_over(cx);
                guard = self.wait_with(guard, site, is_over).await.0;
            }
            (guard, WaitTimeoutResult(false))
        })
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait_timeout") }> for Condvar {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait_timeout_while") }> for Condvar {}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::{begun, by_hand};
    use super::super::{Condvar, Mutex};
    use super::*;

    const SOON: Duration = Duration::from_millis(1);

    #[test]
    fn the_guard_comes_back() {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let (guard, result) = changed
            .wait_timeout(mutex.try_lock().unwrap(), SOON)
            .block();
        assert!(result.timed_out() && mutex.try_lock().is_none());
        let mut waiting = by_hand(changed.wait_timeout(guard, Duration::MAX));
        assert!(waiting.poll().is_none());
        changed.notify_one();
        let (guard, result) = waiting.poll().unwrap();
        assert!(!result.timed_out() && *guard == 1);
    }

    #[test]
    fn a_notification_that_comes_with_the_end_of_the_time_counts() {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let mut waiting = begun(|| changed.wait_timeout(mutex.try_lock().unwrap(), SOON));
        while waiting.woken() == 0 {
            std::thread::yield_now();
        }
        changed.notify_one();
        assert!(!waiting.poll().unwrap().1.timed_out());
    }

    #[test]
    fn one_whose_time_is_over_takes_no_notification() {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let mut first = begun(|| changed.wait_timeout(mutex.try_lock().unwrap(), SOON));
        let mut second = by_hand(changed.wait(mutex.try_lock().unwrap()));
        assert!(second.poll().is_none());
        while first.woken() == 0 {
            std::thread::yield_now();
        }
        let held = mutex.try_lock();
        assert!(first.poll().is_none(), "it waits for the lock");
        changed.notify_one();
        assert_eq!(second.woken(), 1);
        drop(held);
    }

    #[test]
    fn the_condition_decides() {
        let (mutex, changed) = (Mutex::new(1), Condvar::new());
        let waited = changed.wait_timeout_while(mutex.try_lock().unwrap(), SOON, |n| *n == 1);
        let (guard, result) = waited.block();
        assert!(result.timed_out());
        let waited = changed.wait_timeout_while(guard, Duration::ZERO, |n| *n == 2);
        assert!(!waited.block().1.timed_out());
    }
}
