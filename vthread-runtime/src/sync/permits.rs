//! Permits that own their semaphore, and semaphores that are closed.

use super::semaphore::{Acquire, Permit, Semaphore, SemaphoreClosed};
use crate::base::wake::WakeList;
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem::ManuallyDrop;
use std::pin::pin;
use std::sync::Arc;

impl Semaphore {
    /// As [`acquire`](Semaphore::acquire), with a permit that borrows nothing: it keeps the
    /// semaphore itself.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is no permit or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and a permit that was about to be taken goes to the next waiter.
    ///
    /// # Panics
    /// If the semaphore is [closed](Semaphore::close).
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{Arc, Semaphore};
    ///
    /// let connections = Arc::new(Semaphore::new(1));
    /// // In #[vthread] code without the .block()
    /// let permit = connections.clone().acquire_owned().block();
    /// std::thread::spawn(move || drop(permit));
    /// connections.acquire().block().forget();
    /// ```
    pub fn acquire_owned(self: Arc<Self>) -> Call<OwnedPermit, impl Future<Output = OwnedPermit>> {
        self.acquire_many_owned(1)
    }

    /// As [`acquire_many`](Semaphore::acquire_many), with permits that keep the semaphore.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there are not enough permits or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and permits that were about to be taken go to the waiters behind.
    ///
    /// # Panics
    /// If the semaphore is [closed](Semaphore::close).
    pub fn acquire_many_owned(
        self: Arc<Self>,
        n: usize,
    ) -> Call<OwnedPermit, impl Future<Output = OwnedPermit>> {
        Call::leaf(async move {
            let _taken = ManuallyDrop::new(Acquire::new(&self, n).await);
            OwnedPermit { semaphore: self, n }
        })
    }

    /// Takes a permit if there is one and no vthread waits, unless the semaphore is closed. Never
    /// waits, never a checkpoint.
    pub fn try_acquire_owned(self: Arc<Self>) -> Option<OwnedPermit> {
        self.try_acquire_many_owned(1)
    }

    /// Takes `n` permits if there are so many and no vthread waits, unless the semaphore is closed.
    /// Never waits, never a checkpoint.
    pub fn try_acquire_many_owned(self: Arc<Self>, n: usize) -> Option<OwnedPermit> {
        let _taken = ManuallyDrop::new(self.try_acquire_many(n)?);
        Some(OwnedPermit { semaphore: self, n })
    }

    /// Closes it: no more permits are given out, all waiters are notified, and held permits can
    /// still be given back. Never waits, never a checkpoint.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Semaphore;
    ///
    /// let connections = Semaphore::new(1);
    /// connections.close();
    /// assert!(connections.acquire_unless_closed().block().is_err());
    /// assert!(connections.try_acquire().is_none());
    /// ```
    pub fn close(&self) {
        let mut woken = WakeList::default();
        self.locked().lock().close(&mut woken);
        woken.wake_all();
    }

    /// Returns whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.locked().lock().is_closed()
    }

    /// As [`acquire`](Semaphore::acquire), for a semaphore that may be closed.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is no permit or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and a permit that was about to be taken goes to the next waiter.
    ///
    /// # Errors
    /// The semaphore is closed.
    pub fn acquire_unless_closed(
        &self,
    ) -> Call<
        Result<Permit<'_>, SemaphoreClosed>,
        impl Future<Output = Result<Permit<'_>, SemaphoreClosed>>,
    > {
        self.acquire_many_unless_closed(1)
    }

    /// As [`acquire_many`](Semaphore::acquire_many), for a semaphore that may be closed.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there are not enough permits or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and permits that were about to be taken go to the waiters behind.
    ///
    /// # Errors
    /// The semaphore is closed.
    pub fn acquire_many_unless_closed(
        &self,
        n: usize,
    ) -> Call<
        Result<Permit<'_>, SemaphoreClosed>,
        impl Future<Output = Result<Permit<'_>, SemaphoreClosed>>,
    > {
        Call::leaf(async move {
            let acquire = pin!(Acquire::new(self, n));
            poll_fn(move |cx| acquire.as_ref().poll_unless_closed(cx)).await
        })
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire_owned") }> for Semaphore {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire_many_owned") }> for Semaphore {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire_unless_closed") }> for Semaphore {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire_many_unless_closed") }> for Semaphore {}

/// Permits of a [`Semaphore`], which they keep; dropping it gives them back.
#[must_use = "a permit is given back as soon as it is dropped"]
pub struct OwnedPermit {
    semaphore: Arc<Semaphore>,
    n: usize,
}

impl OwnedPermit {
    /// Keeps the permits out for good: the semaphore has so many fewer from now on.
    pub fn forget(mut self) {
        let n = std::mem::take(&mut self.n);
        Permit::of_taken(&self.semaphore, n).forget();
    }

    /// Returns the number of permits.
    pub fn num_permits(&self) -> usize {
        self.n
    }

    /// Returns the semaphore of the permits.
    pub fn semaphore(&self) -> &Arc<Semaphore> {
        &self.semaphore
    }
}

impl Drop for OwnedPermit {
    fn drop(&mut self) {
        drop(Permit::of_taken(&self.semaphore, self.n));
    }
}

impl fmt::Debug for OwnedPermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedPermit").field(&self.n).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::by_hand;
    use super::*;

    #[test]
    fn owned_permits_keep_the_semaphore() {
        let semaphore = Arc::new(Semaphore::new(3));
        let two = semaphore.clone().try_acquire_many_owned(2).unwrap();
        assert!(semaphore.clone().try_acquire_many_owned(2).is_none());
        let mut waiting = by_hand(semaphore.clone().acquire_many_owned(3));
        assert!(waiting.poll().is_none());
        drop(two);
        let three = waiting.poll().unwrap();
        assert_eq!((three.num_permits(), semaphore.available_permits()), (3, 0));
        three.forget();
        assert_eq!(semaphore.available_permits(), 0);
    }

    #[test]
    fn a_cancelled_wait_takes_none() {
        let semaphore = Arc::new(Semaphore::new(1));
        let permit = semaphore.clone().try_acquire_owned();
        let mut waiting = by_hand(semaphore.clone().acquire_owned());
        assert!(waiting.poll().is_none());
        drop(permit);
        drop(waiting);
        assert_eq!(semaphore.available_permits(), 1);
        assert_eq!(Arc::strong_count(&semaphore), 1);
    }

    #[test]
    fn all_that_wait_are_told_that_it_is_closed() {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.try_acquire();
        let mut waiting = [1, 5].map(|n| by_hand(semaphore.acquire_many_unless_closed(n)));
        assert!(waiting.iter_mut().all(|hand| hand.poll().is_none()));
        semaphore.close();
        assert!(waiting.iter().all(|hand| hand.woken() == 1));
        assert!(waiting.iter_mut().all(|hand| hand.poll().unwrap().is_err()));
        drop(permit);
        assert!(semaphore.is_closed() && semaphore.try_acquire().is_none());
        semaphore.add_permits(1);
        assert_eq!(semaphore.available_permits(), 2);
    }

    #[test]
    fn what_was_granted_before_stays_granted() {
        let semaphore = Semaphore::new(0);
        let mut first = by_hand(semaphore.acquire_unless_closed());
        let mut second = by_hand(semaphore.acquire());
        assert!(first.poll().is_none() && second.poll().is_none());
        semaphore.add_permits(1);
        semaphore.close();
        assert!(first.poll().unwrap().is_ok());
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| second.poll().is_some()));
        assert!(panicked.is_err());
    }
}
