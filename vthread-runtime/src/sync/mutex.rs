//! A lock whose waiters are vthreads.
#![allow(unsafe_code)] // The value is reached through its lock.

use super::mutex_guards::told_as_the_value;
use super::on_demand::OnDemand;
use super::raw_lock::RawLock;
use super::waitlist::Wait;
use crate::primitive::const_unless_modelled;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::guard_escape::Stamp;
use crate::task::wait_for;
use crate::task::wait_for::{LockWait, Site};
use std::cell::UnsafeCell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A value that one vthread at a time may use.
///
/// As [`std::sync::Mutex`], but waiting for it suspends, a guard may be held while its holder is
/// suspended, and there is no poisoning: a guard that is dropped by a panic or by a cancellation
/// releases the lock.
///
/// A newcomer that finds the lock free takes it, even if others wait; but no waiter starves: one
/// that was overtaken four times is handed the lock.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::Mutex;
///
/// let names = Mutex::new(vec!["Ada"]);
/// names.lock().block().push("Grace"); // In #[vthread] code: names.lock().push(..).
/// assert_eq!(names.into_inner(), ["Ada", "Grace"]);
/// ```
pub struct Mutex<T: ?Sized> {
    raw: RawLock,
    value: UnsafeCell<T>,
}

// SAFETY: The value is reached through `&mut self`, or by the one holder of the lock at a time,
// which may be on any thread.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: As above: a shared mutex gives out `&mut T` on one thread at a time.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    const_unless_modelled! {
        /// Makes an unlocked mutex around `value`.
        pub const fn new(value: T) -> Self {
            Mutex { raw: RawLock::new(), value: UnsafeCell::new(value) }
        }
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until the lock is free and takes it. It is released when the guard is dropped.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread holds the lock.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiter.
    ///
    /// # Panics
    /// Never. A vthread that locks a mutex again while it holds it waits forever; that is reported,
    /// see [`OnDeadlock`](crate::OnDeadlock).
    #[track_caller]
    pub fn lock(&self) -> Call<MutexGuard<'_, T>, Lock<'_, T>> {
        Call::leaf(self.locked(Location::caller()))
    }

    /// Takes the lock if it is free. Never waits, never a checkpoint.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(mutex.try_lock().is_none());
    /// drop(guard);
    /// assert!(mutex.try_lock().is_some());
    /// ```
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let site = Location::caller();
        self.raw.try_acquire().then(|| {
            self.raw.taken().set(wait_for::stamp_of_plain_code(), site);
            MutexGuard::of_held(self)
        })
    }

    /// The wait for the lock, with the caller's location.
    pub(super) fn locked(&self, site: Site) -> Lock<'_, T> {
        Lock {
            mutex: self,
            site,
            waiting: OnDemand::new(),
        }
    }

    /// The lock itself.
    pub(super) fn raw(&self) -> &RawLock {
        &self.raw
    }

    /// The address of the value. To be used under the lock.
    pub(super) fn value_ptr(&self) -> *mut T {
        self.value.get()
    }

    /// Returns the value. No lock is needed, since `&mut self` proves that there is no guard.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("lock") }> for Mutex<T> {}

/// The frame of [`Mutex::lock`].
pub struct Lock<'m, T: ?Sized> {
    mutex: &'m Mutex<T>,
    site: Site,
    /// The wait, once the lock was found taken. Most calls find it free.
    waiting: OnDemand<Waiting<'m>>,
}

/// A wait for the lock.
#[derive(Debug)]
struct Waiting<'m> {
    place: Wait<&'m RawLock>,
    seen: LockWait,
}

impl<'m, T: ?Sized> Future for Lock<'m, T> {
    type Output = MutexGuard<'m, T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<MutexGuard<'m, T>> {
        let by = ready!(wait_for::checkpoint_stamped(cx));
        let (mutex, site) = (self.mutex, self.site);
        if !self.waiting.is_made() && mutex.raw.try_acquire() {
            mutex.raw.taken().set(by, site);
            return Poll::Ready(MutexGuard::of_held(mutex));
        }
        self.wait(by, cx)
    }
}

impl<'m, T: ?Sized> Lock<'m, T> {
    /// Waits, in the name of `by`.
    #[cold]
    fn wait(self: Pin<&mut Self>, by: Stamp, cx: &mut Context<'_>) -> Poll<MutexGuard<'m, T>> {
        let (mutex, site) = (self.mutex, self.site);
        // SAFETY: It is pinned with the frame: nothing moves it out.
        let waiting = unsafe { self.map_unchecked_mut(|lock| &mut lock.waiting) };
        let waiting = waiting.get_or_make(|| Waiting {
            place: Wait::new(&mutex.raw),
            seen: LockWait::new(site),
        });
        let waiting = waiting.get_ref();
        // SAFETY: It is pinned with the frame: nothing moves it out.
        let place = unsafe { Pin::new_unchecked(&waiting.place) };
        let polled = RawLock::poll_acquire(place, cx);
        // SAFETY: As above.
        let seen = unsafe { Pin::new_unchecked(&waiting.seen) };
        if polled.is_pending() {
            seen.go_on(mutex.raw.taken(), cx);
            return Poll::Pending;
        }
        seen.end();
        mutex.raw.taken().set(by, site);
        Poll::Ready(MutexGuard::of_held(mutex))
    }
}

/// The right to use the value of a [`Mutex`]; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct MutexGuard<'m, T: ?Sized> {
    mutex: &'m Mutex<T>,
    _value: PhantomData<&'m mut T>,
}

// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<'m, T: ?Sized> MutexGuard<'m, T> {
    /// The guard of a lock that has just been taken.
    fn of_held(mutex: &'m Mutex<T>) -> Self {
        MutexGuard {
            mutex,
            _value: PhantomData,
        }
    }

    /// The mutex of the guard.
    pub(super) fn mutex(&self) -> &'m Mutex<T> {
        self.mutex
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard exists exactly while its lock is held, and there is one guard then.
        unsafe { &*self.mutex.value.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { &mut *self.mutex.value.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.mutex.raw.release();
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("Mutex");
        match self.try_lock() {
            Some(guard) => tuple.field(&&*guard).finish(),
            None => tuple.field(&format_args!("<locked>")).finish(),
        }
    }
}

impl<T: ?Sized> fmt::Debug for Lock<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock")
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

told_as_the_value!(MutexGuard<'_, T>);

#[cfg(all(test, not(loom)))]
#[path = "mutex_tests.rs"]
mod tests;
