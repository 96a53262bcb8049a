//! Guards of a mutex that own it, and guards of a part of its value.
#![allow(unsafe_code)] // The value is reached through its lock.

use super::mutex::{Mutex, MutexGuard};
use super::raw_lock::RawLock;
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::Arc;

impl<T: ?Sized> Mutex<T> {
    /// As [`lock`](Mutex::lock), with a guard that borrows nothing: it keeps the mutex itself.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread holds the lock.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiter.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{Arc, Mutex};
    ///
    /// let count = Arc::new(Mutex::new(1));
    /// // In #[vthread] code without the .block()
    /// let mut guard = count.clone().lock_owned().block();
    /// *guard += 1;
    /// drop(guard);
    /// assert_eq!(*count.lock().block(), 2);
    /// ```
    #[track_caller]
    pub fn lock_owned(
        self: Arc<Self>,
    ) -> Call<OwnedMutexGuard<T>, impl Future<Output = OwnedMutexGuard<T>>> {
        let site = Location::caller();
        Call::leaf(async move {
            // Its right to the lock goes to the owned guard.
            let _held = ManuallyDrop::new(self.locked(site).await);
            OwnedMutexGuard {
                mutex: self,
                _value: PhantomData,
            }
        })
    }

    /// Takes the lock if it is free, with a guard that keeps the mutex. Never waits, never a
    /// checkpoint.
    #[track_caller]
    pub fn try_lock_owned(self: Arc<Self>) -> Option<OwnedMutexGuard<T>> {
        let _held = ManuallyDrop::new(self.try_lock()?);
        Some(OwnedMutexGuard {
            mutex: self,
            _value: PhantomData,
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("lock_owned") }> for Mutex<T> {}

/// The right to use the value of a [`Mutex`], which it keeps; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct OwnedMutexGuard<T: ?Sized> {
    mutex: Arc<Mutex<T>>,
    _value: PhantomData<*mut T>,
}

// SAFETY: As a `&mut T` and an `Arc` of the mutex, which needs `T: Send`, it may change threads.
unsafe impl<T: ?Sized + Send> Send for OwnedMutexGuard<T> {}
// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedMutexGuard<T> {}

impl<T: ?Sized> Deref for OwnedMutexGuard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard exists exactly while its lock is held, and there is one guard then.
        unsafe { &*self.mutex.value_ptr() }
    }
}

impl<T: ?Sized> DerefMut for OwnedMutexGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { &mut *self.mutex.value_ptr() }
    }
}

impl<T: ?Sized> Drop for OwnedMutexGuard<T> {
    fn drop(&mut self) {
        self.mutex.raw().release();
    }
}

/// The right to use a part of the value of a [`Mutex`], returned by [`MutexGuard::map`]; dropping
/// it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct MappedMutexGuard<'m, T: ?Sized> {
    raw: &'m RawLock,
    value: NonNull<T>,
    _value: PhantomData<&'m mut T>,
}

// SAFETY: It is the one way to the part, as a `&mut T` is, and the lock may be released on any
// thread.
unsafe impl<T: ?Sized + Send> Send for MappedMutexGuard<'_, T> {}
// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Sync> Sync for MappedMutexGuard<'_, T> {}

impl<'m, T: ?Sized> MutexGuard<'m, T> {
    /// Returns a guard of a part of the value.
    ///
    /// # Panics
    /// If `part` does; the lock is released then.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{Mutex, MutexGuard};
    ///
    /// let pair = Mutex::new((1, "one"));
    /// let mut number = MutexGuard::map(pair.lock().block(), |pair| &mut pair.0);
    /// *number += 1;
    /// drop(number);
    /// assert_eq!(pair.into_inner(), (2, "one"));
    /// ```
    pub fn map<U: ?Sized>(
        mut guard: Self,
        part: impl FnOnce(&mut T) -> &mut U,
    ) -> MappedMutexGuard<'m, U> {
        let value = NonNull::from(part(&mut *guard));
        MappedMutexGuard::of_held(ManuallyDrop::new(guard).mutex().raw(), value)
    }

    /// Returns a guard of a part of the value, if there is one.
    ///
    /// # Errors
    /// There is none: the guard itself.
    ///
    /// # Panics
    /// If `part` does; the lock is released then.
    pub fn filter_map<U: ?Sized>(
        mut guard: Self,
        part: impl FnOnce(&mut T) -> Option<&mut U>,
    ) -> Result<MappedMutexGuard<'m, U>, Self> {
        match part(&mut *guard).map(NonNull::from) {
            Some(value) => Ok(MappedMutexGuard::of_held(
                ManuallyDrop::new(guard).mutex().raw(),
                value,
            )),
            None => Err(guard),
        }
    }
}

impl<'m, T: ?Sized> MappedMutexGuard<'m, T> {
    /// The guard of a part, from one that has given up its own right to the lock.
    fn of_held(raw: &'m RawLock, value: NonNull<T>) -> Self {
        MappedMutexGuard {
            raw,
            value,
            _value: PhantomData,
        }
    }

    /// Returns a guard of a part of this part.
    ///
    /// # Panics
    /// If `part` does; the lock is released then.
    pub fn map<U: ?Sized>(
        mut guard: Self,
        part: impl FnOnce(&mut T) -> &mut U,
    ) -> MappedMutexGuard<'m, U> {
        let value = NonNull::from(part(&mut *guard));
        MappedMutexGuard::of_held(ManuallyDrop::new(guard).raw, value)
    }
}

impl<T: ?Sized> Deref for MappedMutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: It was made from the one `&mut` to the part, under the lock, which is held as
        // long as the guard exists.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> DerefMut for MappedMutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { self.value.as_mut() }
    }
}

impl<T: ?Sized> Drop for MappedMutexGuard<'_, T> {
    fn drop(&mut self) {
        self.raw.release();
    }
}

macro_rules! told_as_the_value {
    ($($guard:ty),*) => { $(
        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}
pub(super) use told_as_the_value;
told_as_the_value!(OwnedMutexGuard<T>, MappedMutexGuard<'_, T>);

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::by_hand;
    use super::*;

    #[test]
    fn an_owned_guard_keeps_the_lock_and_the_mutex() {
        let mutex = Arc::new(Mutex::new(1));
        let mut guard = mutex.clone().lock_owned().block();
        assert!(mutex.try_lock().is_none() && mutex.clone().try_lock_owned().is_none());
        *guard += 1;
        let mut waiting = by_hand(mutex.clone().lock_owned());
        assert!(waiting.poll().is_none());
        drop(mutex);
        assert_eq!(format!("{guard} {guard:?}"), "2 2");
        drop(guard);
        assert_eq!(
            (waiting.woken(), waiting.poll().map(|guard| *guard)),
            (1, Some(2))
        );
    }

    #[test]
    fn a_cancelled_wait_keeps_nothing() {
        let mutex = Arc::new(Mutex::new(1));
        let guard = mutex.try_lock();
        let mut waiting = by_hand(mutex.clone().lock_owned());
        assert!(waiting.poll().is_none());
        drop(guard);
        drop(waiting);
        assert!(mutex.try_lock().is_some());
        assert_eq!(Arc::strong_count(&mutex), 1);
    }

    #[test]
    fn a_part_keeps_the_lock_of_the_whole() {
        let mutex = Mutex::new((1, [2, 3]));
        let part = MutexGuard::map(mutex.try_lock().unwrap(), |value| &mut value.1[..]);
        let mut part = MappedMutexGuard::map(part, |part| &mut part[1]);
        *part += 1;
        assert!(mutex.try_lock().is_none());
        drop(part);
        let none = MutexGuard::filter_map(mutex.try_lock().unwrap(), |_| None::<&mut u8>);
        assert_eq!(none.unwrap_err().0, 1);
        let some = MutexGuard::filter_map(mutex.try_lock().unwrap(), |value| Some(&mut value.0));
        drop(some.unwrap());
        assert_eq!(mutex.into_inner(), (1, [2, 4]));
    }

    #[test]
    fn a_panic_for_a_part_releases_the_lock() {
        let mutex = Mutex::new(1);
        let mapped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            drop(MutexGuard::map(mutex.try_lock().unwrap(), |_| -> &mut u8 {
                std::panic::resume_unwind(Box::new(()))
            }));
        }));
        assert!(mapped.is_err() && mutex.try_lock().is_some());
    }
}
