//! Guards of a reader-writer lock that own it, and guards of a part of its value.
#![allow(unsafe_code)] // The value is reached through its lock.

use super::mutex_guards::told_as_the_value;
use super::rw_lock::{ClearedAtTheEnd, RwLock, RwLockReadGuard, RwLockWriteGuard};
use super::semaphore::Permit;
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::Arc;

impl<T: ?Sized> RwLock<T> {
    /// As [`read`](RwLock::read), with a guard that borrows nothing: it keeps the lock itself.
    ///
    /// # Suspends
    /// Always a checkpoint, while another vthread writes, and while one that asked before waits to
    /// do so.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiters.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{Arc, RwLock};
    ///
    /// let lock = Arc::new(RwLock::new("Ada"));
    /// let reading = lock.clone().read_owned().block(); // In #[vthread] code without the .block()
    /// assert_eq!(*reading, "Ada");
    /// drop(reading);
    /// *lock.clone().write_owned().block() = "Grace";
    /// ```
    #[track_caller]
    pub fn read_owned(
        self: Arc<Self>,
    ) -> Call<OwnedRwLockReadGuard<T>, impl Future<Output = OwnedRwLockReadGuard<T>>> {
        let site = Location::caller();
        Call::leaf(async move {
            let _held = ManuallyDrop::new(self.reading(site).await);
            OwnedRwLockReadGuard {
                lock: self,
                _value: PhantomData,
            }
        })
    }

    /// As [`write`](RwLock::write), with a guard that borrows nothing: it keeps the lock itself.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread reads or writes.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiters.
    #[track_caller]
    pub fn write_owned(
        self: Arc<Self>,
    ) -> Call<OwnedRwLockWriteGuard<T>, impl Future<Output = OwnedRwLockWriteGuard<T>>> {
        let site = Location::caller();
        Call::leaf(async move {
            let _held = ManuallyDrop::new(self.writing(site).await);
            OwnedRwLockWriteGuard {
                lock: self,
                _value: PhantomData,
            }
        })
    }

    /// Takes the lock for reading if there is no writer and no waiter, with a guard that keeps it.
    /// Never waits, never a checkpoint.
    pub fn try_read_owned(self: Arc<Self>) -> Option<OwnedRwLockReadGuard<T>> {
        let _held = ManuallyDrop::new(self.try_read()?);
        Some(OwnedRwLockReadGuard {
            lock: self,
            _value: PhantomData,
        })
    }

    /// Takes the lock for writing if the value is not in use, with a guard that keeps it. Never
    /// waits, never a checkpoint.
    #[track_caller]
    pub fn try_write_owned(self: Arc<Self>) -> Option<OwnedRwLockWriteGuard<T>> {
        let _held = ManuallyDrop::new(self.try_write()?);
        Some(OwnedRwLockWriteGuard {
            lock: self,
            _value: PhantomData,
        })
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("read_owned") }> for RwLock<T> {}
#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("write_owned") }> for RwLock<T> {}

/// The right to read the value of a [`RwLock`], which it keeps; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct OwnedRwLockReadGuard<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    _value: PhantomData<*const T>,
}

/// The right to write the value of a [`RwLock`], which it keeps; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct OwnedRwLockWriteGuard<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    _value: PhantomData<*mut T>,
}

// SAFETY: It gives out `&T` only, and is an `Arc` of the lock, which needs both.
unsafe impl<T: ?Sized + Send + Sync> Send for OwnedRwLockReadGuard<T> {}
// SAFETY: As above.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedRwLockReadGuard<T> {}
// SAFETY: It is the one way to the value, as a `&mut T` is, and an `Arc` of the lock, which needs
// both.
unsafe impl<T: ?Sized + Send + Sync> Send for OwnedRwLockWriteGuard<T> {}
// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedRwLockWriteGuard<T> {}

impl<T: ?Sized> Deref for OwnedRwLockReadGuard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard has a permit, so there is no `&mut T`.
        unsafe { &*self.lock.value_ptr() }
    }
}

impl<T: ?Sized> Drop for OwnedRwLockReadGuard<T> {
    fn drop(&mut self) {
        self.lock.read_is_over();
    }
}

impl<T: ?Sized> Deref for OwnedRwLockWriteGuard<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard has all permits: it is the one way to the value.
        unsafe { &*self.lock.value_ptr() }
    }
}

impl<T: ?Sized> DerefMut for OwnedRwLockWriteGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { &mut *self.lock.value_ptr() }
    }
}

impl<T: ?Sized> Drop for OwnedRwLockWriteGuard<T> {
    fn drop(&mut self) {
        self.lock.write_is_over();
    }
}

/// The right to read a part of the value of a [`RwLock`], returned by [`RwLockReadGuard::map`];
/// dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct MappedRwLockReadGuard<'l, T: ?Sized> {
    value: NonNull<T>,
    _permit: Permit<'l>,
    _value: PhantomData<&'l T>,
}

/// The right to write a part of the value of a [`RwLock`], returned by [`RwLockWriteGuard::map`];
/// dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct MappedRwLockWriteGuard<'l, T: ?Sized> {
    value: NonNull<T>,
    _right: (ClearedAtTheEnd<'l>, Permit<'l>),
    _value: PhantomData<&'l mut T>,
}

// SAFETY: It gives out `&T` only, and may release the lock on any thread.
unsafe impl<T: ?Sized + Sync> Send for MappedRwLockReadGuard<'_, T> {}
// SAFETY: As above.
unsafe impl<T: ?Sized + Sync> Sync for MappedRwLockReadGuard<'_, T> {}
// SAFETY: It is the one way to the part, as a `&mut T` is, and may release the lock on any thread.
unsafe impl<T: ?Sized + Send> Send for MappedRwLockWriteGuard<'_, T> {}
// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Sync> Sync for MappedRwLockWriteGuard<'_, T> {}

impl<'l, T: ?Sized> RwLockReadGuard<'l, T> {
    /// Returns a guard of a part of the value.
    ///
    /// # Panics
    /// If `part` does; the lock is released then.
    pub fn map<U: ?Sized>(
        guard: Self,
        part: impl FnOnce(&T) -> &U,
    ) -> MappedRwLockReadGuard<'l, U> {
        let value = NonNull::from(part(&*guard));
        MappedRwLockReadGuard {
            value,
            _permit: guard.into_permit(),
            _value: PhantomData,
        }
    }
}

impl<'l, T: ?Sized> RwLockWriteGuard<'l, T> {
    /// Returns a guard of a part of the value.
    ///
    /// # Panics
    /// If `part` does; the lock is released then.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{RwLock, RwLockWriteGuard};
    ///
    /// let pair = RwLock::new((1, "one"));
    /// *RwLockWriteGuard::map(pair.write().block(), |pair| &mut pair.0) += 1;
    /// assert_eq!(pair.into_inner(), (2, "one"));
    /// ```
    pub fn map<U: ?Sized>(
        mut guard: Self,
        part: impl FnOnce(&mut T) -> &mut U,
    ) -> MappedRwLockWriteGuard<'l, U> {
        let value = NonNull::from(part(&mut *guard));
        MappedRwLockWriteGuard {
            value,
            _right: guard.into_parts(),
            _value: PhantomData,
        }
    }

    /// Makes the writer a reader, without releasing the lock in between: others may read from now
    /// on, and its writes stay as they are while it reads. Never waits, never a checkpoint.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::{RwLock, RwLockWriteGuard};
    ///
    /// let lock = RwLock::new(1);
    /// let mut writing = lock.write().block();
    /// *writing += 1;
    /// let reading = RwLockWriteGuard::downgrade(writing);
    /// assert_eq!((*reading, *lock.try_read().unwrap()), (2, 2));
    /// ```
    pub fn downgrade(guard: Self) -> RwLockReadGuard<'l, T> {
        guard.into_reader()
    }
}

impl<T: ?Sized> Deref for MappedRwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: A part of the value, for which the guard has a permit: there is no `&mut` to it.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Deref for MappedRwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: Made from the one `&mut` to the part, under the lock, which is held as long as
        // the guard exists.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> DerefMut for MappedRwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { self.value.as_mut() }
    }
}

told_as_the_value!(OwnedRwLockReadGuard<T>, OwnedRwLockWriteGuard<T>);
told_as_the_value!(MappedRwLockReadGuard<'_, T>, MappedRwLockWriteGuard<'_, T>);

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::manual_poll::by_hand;
    use super::*;

    #[test]
    fn owned_guards_keep_the_lock() {
        let lock = Arc::new(RwLock::new(1));
        let one = lock.clone().read_owned().block();
        let other = lock.clone().try_read_owned().unwrap();
        assert!(lock.clone().try_write_owned().is_none());
        assert_eq!(*one + *other, 2);
        let mut writer = by_hand(lock.clone().write_owned());
        assert!(writer.poll().is_none());
        drop((one, other));
        let mut writing = writer.poll().unwrap();
        *writing += 1;
        assert!(lock.try_read().is_none());
        drop(writing);
        assert_eq!(format!("{}", lock.try_read().unwrap()), "2");
        assert!(lock.try_write().is_some());
    }

    #[test]
    fn a_part_keeps_the_lock_of_the_whole() {
        let lock = RwLock::new([1, 2]);
        let part = RwLockReadGuard::map(lock.try_read().unwrap(), |value| &value[1]);
        assert!(lock.try_write().is_none() && lock.try_read().is_some());
        assert_eq!(*part, 2);
        drop(part);
        let mut part = RwLockWriteGuard::map(lock.try_write().unwrap(), |value| &mut value[1]);
        *part += 1;
        assert!(lock.try_read().is_none());
        drop(part);
        assert_eq!(lock.into_inner(), [1, 3]);
    }

    #[test]
    fn a_writer_that_becomes_a_reader_lets_readers_in() {
        let lock = RwLock::new(1);
        let mut writing = lock.try_write().unwrap();
        let mut reader = by_hand(lock.read());
        let mut writer = by_hand(lock.write());
        assert!(reader.poll().is_none() && writer.poll().is_none());
        *writing += 1;
        let reading = RwLockWriteGuard::downgrade(writing);
        assert_eq!((reader.woken(), writer.woken()), (1, 0));
        assert_eq!(*reader.poll().unwrap(), 2);
        assert!(writer.poll().is_none());
        drop(reading);
        assert!(writer.poll().is_some());
    }
}
