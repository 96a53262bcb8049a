//! Waiting, with a locked mutex, for something to change.

use super::mutex::{Mutex, MutexGuard};
use super::waitlist::{Note, Place, Wait, WaitList};
use crate::base::wake::{WakeList, wake};
use crate::primitive::{self, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::taking::taking;
use crate::task::wait_for::Site;
use crate::task::wait_reason::WaitReason;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::{Context, Poll, Waker, ready};

/// Lets vthreads that hold a [`Mutex`] wait for a change of its value.
///
/// As [`std::sync::Condvar`], without poisoning.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::{Condvar, Mutex};
///
/// let (is_done, done) = (Mutex::new(false), Condvar::new());
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         *is_done.lock().block() = true;
///         done.notify_all();
///     });
///     // In #[vthread] code: done.wait_while(is_done.lock(), |is_done| !*is_done)
///     let guard = done.wait_while(is_done.lock().block(), |is_done| !*is_done).block();
///     assert!(*guard);
/// });
/// ```
pub struct Condvar {
    waiters: primitive::Mutex<WaitList>,
}

impl Condvar {
    const_unless_modelled! {
        /// Makes a condition without waiters.
        pub const fn new() -> Self {
            Condvar { waiters: primitive::Mutex::new(WaitList::new()) }
        }
    }

    /// Releases the lock, waits for a notification, and takes the lock again.
    ///
    /// A notification sent after the lock was held finds all that have begun to wait. Being
    /// notified does not mean that the awaited state is still there, or ever was: check again, or
    /// use [`wait_while`](Condvar::wait_while).
    ///
    /// # Suspends
    /// Always a checkpoint, until it is notified, and until the lock is free then.
    ///
    /// # Cancellation
    /// The wait ends, without the lock. A notification that came already goes to another waiter.
    ///
    /// # Panics
    /// Never.
    #[track_caller]
    pub fn wait<'m, T: ?Sized>(
        &self,
        guard: MutexGuard<'m, T>,
    ) -> Call<MutexGuard<'m, T>, impl Future<Output = MutexGuard<'m, T>>> {
        let site = Location::caller();
        Call::leaf(async move { self.wait_with(guard, site, no_limit).await.0 })
    }

    /// Waits until `condition` is false. It is evaluated under the lock, now and after each
    /// notification.
    ///
    /// # Suspends
    /// Always a checkpoint, and as [`wait`](Condvar::wait) for as long as `condition` is true.
    ///
    /// # Cancellation
    /// As for [`wait`](Condvar::wait).
    ///
    /// # Panics
    /// If `condition` does.
    #[track_caller]
    pub fn wait_while<'m, T: ?Sized, F: FnMut(&mut T) -> bool>(
        &self,
        mut guard: MutexGuard<'m, T>,
        mut condition: F,
    ) -> Call<MutexGuard<'m, T>, impl Future<Output = MutexGuard<'m, T>>> {
        let site = Location::caller();
        Call::leaf(async move {
            poll_fn(checkpoint).await;
            while condition(&mut *guard) {
                guard = self.wait_with(guard, site, no_limit).await.0;
            }
            guard
        })
    }

    /// Notifies one waiter: the one that has waited longest.
    pub fn notify_one(&self) {
        let next = self.waiters.lock().notify(Note::Attempt);
        next.into_iter().for_each(wake);
    }

    /// Notifies all waiters.
    pub fn notify_all(&self) {
        let mut woken = WakeList::default();
        woken.extend(self.waiters.lock().notify_all());
        woken.wake_all();
    }

    /// Waits for a notification, or until `is_over`: returns the guard, and whether it was
    /// notified.
    pub(super) async fn wait_with<'m, T: ?Sized>(
        &self,
        guard: MutexGuard<'m, T>,
        site: Site,
        is_over: impl FnMut(&Context<'_>) -> Poll<()>,
    ) -> (MutexGuard<'m, T>, bool) {
        poll_fn(checkpoint).await;
        let mutex: &'m Mutex<T> = guard.mutex();
        let is_notified = self.notified(guard, is_over).await;
        let notification = Notification(is_notified.then_some(self));
        let mut locking = pin!(mutex.locked(site));
        let guard = poll_fn(|cx| taking(cx, |cx| locking.as_mut().poll(cx), |_| is_notified)).await;
        notification.act_on();
        (guard, is_notified)
    }

    /// Gives the lock up and waits. Returns whether it was notified before it was over.
    async fn notified<T: ?Sized>(
        &self,
        guard: MutexGuard<'_, T>,
        mut is_over: impl FnMut(&Context<'_>) -> Poll<()>,
    ) -> bool {
        let mut guard = Some(guard);
        let wait = pin!(Wait::new(self));
        poll_fn(move |cx| {
            if guard.is_none() {
                ready!(checkpoint(cx));
            }
            let polled = wait.as_ref().poll(cx, |_, _, note| note.map(drop));
            // From now on it can be notified, so others may change the awaited state.
            guard = None;
            match polled {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending => is_over(cx).map(|()| false),
            }
        })
        .await
    }
}

/// For a wait without an end of its own.
fn no_limit(_: &Context<'_>) -> Poll<()> {
    Poll::Pending
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait") }> for Condvar {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait_while") }> for Condvar {}

/// A notification that has not been acted on: if its holder goes, another one gets it.
struct Notification<'c>(Option<&'c Condvar>);

impl Notification<'_> {
    fn act_on(mut self) {
        self.0 = None;
    }
}

impl Drop for Notification<'_> {
    fn drop(&mut self) {
        self.0.into_iter().for_each(Condvar::notify_one);
    }
}

impl Place for &Condvar {
    const DOING: WaitReason = WaitReason::AwaitingNotification;

    type State = WaitList;

    fn lock(&self) -> primitive::MutexGuard<'_, WaitList> {
        self.waiters.lock()
    }

    fn waiters(state: &mut WaitList) -> &mut WaitList {
        state
    }

    fn pass_on(&self, state: &mut WaitList, note: Note) -> Option<Waker> {
        state.notify(note)
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;

    #[test]
    fn the_lock_is_free_while_it_waits() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let mut waiting = by_hand(changed.wait(mutex.try_lock().unwrap()));
        assert!(waiting.poll().is_none());
        *mutex.try_lock().expect("released") = 1;
        assert!(waiting.poll().is_none(), "it has not been notified");
        changed.notify_one();
        assert_eq!(waiting.woken(), 1);
        let guard = waiting.poll().expect("notified");
        assert_eq!(*guard, 1);
        assert!(mutex.try_lock().is_none());
    }

    #[test]
    fn one_or_all_are_notified_in_order() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let mut waiting = [(); 3].map(|()| {
            let mut hand = by_hand(changed.wait(mutex.try_lock().unwrap()));
            assert!(hand.poll().is_none());
            hand
        });
        changed.notify_one();
        assert_eq!(waiting.each_ref().map(|hand| hand.woken()), [1, 0, 0]);
        changed.notify_all();
        assert_eq!(waiting.each_ref().map(|hand| hand.woken()), [1, 1, 1]);
        for hand in &mut waiting {
            drop(hand.poll().expect("notified"));
        }
    }

    #[test]
    fn a_notified_one_that_goes_passes_it_on() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let [unpolled, mut locking, mut last] = [(); 3].map(|()| {
            let mut hand = by_hand(changed.wait(mutex.try_lock().unwrap()));
            assert!(hand.poll().is_none());
            hand
        });
        changed.notify_one();
        drop(unpolled);
        assert_eq!(locking.woken(), 1, "it has gone before it noticed");
        let guard = mutex.try_lock().unwrap();
        assert!(locking.poll().is_none());
        drop(locking);
        assert_eq!(last.woken(), 1, "it has gone while it waited for the lock");
        drop(guard);
        assert!(last.poll().is_some());
    }

    #[test]
    fn a_cancelled_wait_holds_no_lock() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let not_begun = by_hand(changed.wait(mutex.try_lock().unwrap()));
        drop(not_begun);
        let mut begun = by_hand(changed.wait(mutex.try_lock().unwrap()));
        assert!(begun.poll().is_none());
        drop(begun);
        changed.notify_one();
        assert!(mutex.try_lock().is_some());
    }

    #[test]
    fn a_queue_with_two_sides() {
        const EACH: u64 = if cfg!(miri) { 5 } else { 1_000 };
        let (queue, changed) = (Mutex::new(Vec::new()), Condvar::new());
        let take = || {
            let mut queue = changed
                .wait_while(queue.lock().block(), |queue: &mut Vec<u64>| {
                    queue.is_empty()
                })
                .block();
            queue.pop().expect("not empty")
        };
        let sum: u64 = std::thread::scope(|scope| {
            let takers = [(); 2].map(|()| scope.spawn(|| (0..EACH).map(|_| take()).sum::<u64>()));
            for _ in 0..2 {
                scope.spawn(|| {
                    for i in 0..EACH {
                        queue.lock().block().push(i);
                        changed.notify_one();
                    }
                });
            }
            takers.map(|taker| taker.join().unwrap()).into_iter().sum()
        });
        assert_eq!(sum, EACH * (EACH - 1));
    }

    #[test]
    fn is_send_as_far_as_the_value_is() {
        fn is_send<T: Send>(_: &T) {}
        let (mutex, changed) = (Mutex::new(std::cell::Cell::new(0)), Condvar::new());
        is_send(&changed.wait(mutex.try_lock().unwrap()));
        is_send(&changed.wait_while(mutex.try_lock().unwrap(), |_| true));
    }
}

#[cfg(all(test, loom))]
#[path = "condvar_loom.rs"]
mod model;
