//! A lock for many readers or one writer, whose waiters are vthreads.
//!
//! It is a semaphore with very many permits: a reader takes one, and a writer takes all. So it is
//! as fair: later requests wait for earlier ones, and readers that come and go do not keep a writer
//! out.
#![allow(unsafe_code)] // The value is reached through its lock.

use super::mutex_guards::told_as_the_value;
use super::semaphore::{Acquire, Permit, Semaphore};
use crate::primitive::const_unless_modelled;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::guard_escape::Stamp;
use crate::task::wait_for;
use crate::task::wait_for::{LockOwner, LockWait, Site};
use std::cell::UnsafeCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::pin;

/// The largest number of readers at a time.
const ALL: usize = usize::MAX >> 1;

/// A value that many vthreads may read at a time, or one may write.
///
/// As [`std::sync::RwLock`], but waiting for it suspends, a guard may be held while its holder is
/// suspended, and there is no poisoning. Locks are granted in the order of the requests. So a
/// reader that reads a second time may wait for a writer that waits for the first read to end, and
/// both wait forever.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::RwLock;
///
/// let names = RwLock::new(vec!["Ada"]);
/// // In #[vthread] code without the .block()
/// let (one, other) = (names.read().block(), names.read().block());
/// assert_eq!(one.len() + other.len(), 2);
/// drop((one, other));
/// names.write().block().push("Grace");
/// assert_eq!(names.into_inner(), ["Ada", "Grace"]);
/// ```
pub struct RwLock<T: ?Sized> {
    permits: Semaphore,
    /// The writer, for deadlock detection.
    taken: LockOwner,
    value: UnsafeCell<T>,
}

// SAFETY: The value is reached through `&mut self`, or under the lock, from any thread.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: A shared lock gives out `&T` on many threads at once, or `&mut T` on one.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    const_unless_modelled! {
        /// Makes an unlocked lock around `value`.
        pub const fn new(value: T) -> Self {
            RwLock {
                permits: Semaphore::new(ALL),
                taken: LockOwner::unowned(),
                value: UnsafeCell::new(value),
            }
        }
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until there is no writer, and takes the lock for reading.
    ///
    /// # Suspends
    /// Always a checkpoint, while another vthread writes, and while one that asked before waits to
    /// do so.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiters.
    ///
    /// # Panics
    /// Never.
    #[track_caller]
    pub fn read(
        &self,
    ) -> Call<RwLockReadGuard<'_, T>, impl Future<Output = RwLockReadGuard<'_, T>>> {
        Call::leaf(self.reading(Location::caller()))
    }

    /// Waits until the value is not in use, and takes the lock for writing.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread reads or writes.
    ///
    /// # Cancellation
    /// The wait ends, and a lock that was about to be taken goes to the next waiters.
    ///
    /// # Panics
    /// Never. A vthread that locks again while it holds the lock waits forever.
    #[track_caller]
    pub fn write(
        &self,
    ) -> Call<RwLockWriteGuard<'_, T>, impl Future<Output = RwLockWriteGuard<'_, T>>> {
        Call::leaf(self.writing(Location::caller()))
    }

    /// Takes the lock for reading if there is no writer and no waiter. Never waits, never a
    /// checkpoint.
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        let permit = self.permits.try_acquire()?;
        Some(RwLockReadGuard::of_held(self, permit))
    }

    /// Takes the lock for writing if the value is not in use. Never waits, never a checkpoint.
    #[track_caller]
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        let permit = self.permits.try_acquire_many(ALL)?;
        self.taken
            .set(wait_for::stamp_of_plain_code(), Location::caller());
        Some(RwLockWriteGuard::of_held(self, permit))
    }

    /// The frame of a read, called at `site`.
    pub(super) async fn reading(&self, site: Site) -> RwLockReadGuard<'_, T> {
        let (permit, _) = self.acquired(1, site).await;
        RwLockReadGuard::of_held(self, permit)
    }

    /// The frame of a write, called at `site`.
    pub(super) async fn writing(&self, site: Site) -> RwLockWriteGuard<'_, T> {
        let (permit, by) = self.acquired(ALL, site).await;
        self.taken.set(by, site);
        RwLockWriteGuard::of_held(self, permit)
    }

    /// The address of the value. To be used under the lock.
    pub(super) fn value_ptr(&self) -> *mut T {
        self.value.get()
    }

    /// A reader whose guard was forgotten is done.
    pub(super) fn read_is_over(&self) {
        self.permits.take_back(1);
    }

    /// A writer whose guard was forgotten is done.
    pub(super) fn write_is_over(&self) {
        self.taken.clear();
        self.permits.take_back(ALL);
    }

    /// Waits for `n` permits, and returns the stamp of their owner.
    async fn acquired(&self, n: usize, site: Site) -> (Permit<'_>, Stamp) {
        let mut acquire = pin!(Acquire::new(&self.permits, n));
        let waiting = pin!(LockWait::new(site));
        let waiting = waiting.into_ref();
        poll_fn(move |cx| {
            let polled = acquire.as_mut().poll(cx);
            if polled.is_pending() {
                waiting.go_on(&self.taken, cx);
            } else {
                waiting.end();
            }
            polled.map(|permit| (permit, wait_for::stamp(cx)))
        })
        .await
    }

    /// Returns the value. No lock is needed, since `&mut self` proves that there is no guard.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("read") }> for RwLock<T> {}
#[diagnostic::do_not_recommend]
impl<T: ?Sized> Suspends<{ name_hash("write") }> for RwLock<T> {}

/// The right to read the value of a [`RwLock`]; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct RwLockReadGuard<'l, T: ?Sized> {
    lock: &'l RwLock<T>,
    permit: Permit<'l>,
}

/// The right to write the value of a [`RwLock`]; dropping it releases the lock.
#[must_use = "the lock is released as soon as its guard is dropped"]
pub struct RwLockWriteGuard<'l, T: ?Sized> {
    lock: &'l RwLock<T>,
    // Before the permits are given back: fields are dropped in order.
    taken: ClearedAtTheEnd<'l>,
    permit: Permit<'l>,
    _value: PhantomData<&'l mut T>,
}

/// Clears the writer when it is dropped.
pub(super) struct ClearedAtTheEnd<'l>(&'l LockOwner);

impl Drop for ClearedAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.clear();
    }
}

// SAFETY: The guard gives out `&T` only, and may release the lock on any thread.
unsafe impl<T: ?Sized + Sync> Send for RwLockReadGuard<'_, T> {}
// SAFETY: As above.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: The guard is the only way to the value, as `&mut T` is.
unsafe impl<T: ?Sized + Send> Send for RwLockWriteGuard<'_, T> {}
// SAFETY: A shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<'l, T: ?Sized> RwLockReadGuard<'l, T> {
    /// The guard of a lock, one of whose permits has just been taken.
    fn of_held(lock: &'l RwLock<T>, permit: Permit<'l>) -> Self {
        RwLockReadGuard { lock, permit }
    }

    /// Its right to the lock.
    pub(super) fn into_permit(self) -> Permit<'l> {
        self.permit
    }
}

impl<'l, T: ?Sized> RwLockWriteGuard<'l, T> {
    /// The guard of a lock, all of whose permits have just been taken.
    fn of_held(lock: &'l RwLock<T>, permit: Permit<'l>) -> Self {
        RwLockWriteGuard {
            lock,
            taken: ClearedAtTheEnd(&lock.taken),
            permit,
            _value: PhantomData,
        }
    }

    /// Its right to the lock.
    pub(super) fn into_parts(self) -> (ClearedAtTheEnd<'l>, Permit<'l>) {
        (self.taken, self.permit)
    }

    /// A reader in place of the writer.
    pub(super) fn into_reader(self) -> RwLockReadGuard<'l, T> {
        let RwLockWriteGuard {
            lock,
            taken,
            mut permit,
            ..
        } = self;
        drop(taken);
        permit.keep(1);
        RwLockReadGuard { lock, permit }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard has a permit, so no writer has all of them: there is no `&mut T`.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: The guard has all permits, so it is the only one.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: As in `deref`.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("RwLock");
        match self.try_read() {
            Some(guard) => tuple.field(&&*guard).finish(),
            None => tuple.field(&format_args!("<locked>")).finish(),
        }
    }
}

told_as_the_value!(RwLockReadGuard<'_, T>, RwLockWriteGuard<'_, T>);

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;

    #[test]
    fn many_readers_or_one_writer() {
        static LOCK: RwLock<u8> = RwLock::new(1);
        let (one, other) = (LOCK.read().block(), LOCK.try_read().unwrap());
        assert_eq!(*one + *other, 2);
        assert!(LOCK.try_write().is_none());
        drop((one, other));
        let mut writer = LOCK.write().block();
        *writer += 1;
        assert!(LOCK.try_read().is_none() && LOCK.try_write().is_none());
        drop(writer);
        assert_eq!(format!("{LOCK:?}"), "RwLock(2)");
    }

    #[test]
    fn readers_that_come_later_wait_for_the_writer() {
        let lock = RwLock::new(0);
        let reading = lock.try_read();
        let mut writer = by_hand(lock.write());
        assert!(writer.poll().is_none());
        let (mut second, mut third) = (by_hand(lock.read()), by_hand(lock.read()));
        assert!(second.poll().is_none() && third.poll().is_none());
        drop(reading);
        assert_eq!((writer.woken(), second.woken()), (1, 0));
        drop(writer.poll().unwrap());
        assert_eq!((second.woken(), third.woken()), (1, 1));
        let (second, third) = (second.poll().unwrap(), third.poll().unwrap());
        assert_eq!(*second + *third, 0);
    }

    #[test]
    fn a_cancelled_writer_lets_the_readers_in() {
        let lock = RwLock::new(0);
        let reading = lock.try_read().unwrap();
        let mut writer = by_hand(lock.write());
        let mut reader = by_hand(lock.read());
        assert!(writer.poll().is_none() && reader.poll().is_none());
        drop(writer);
        assert_eq!(reader.woken(), 1);
        assert_eq!(*reading + *reader.poll().unwrap(), 0);
    }

    #[test]
    fn a_lock_granted_to_one_that_goes_is_released() {
        let mut lock = RwLock::new(0);
        let writing = lock.try_write().unwrap();
        let mut writer = by_hand(lock.write());
        let mut reader = by_hand(lock.read());
        assert!(writer.poll().is_none() && reader.poll().is_none());
        drop(writing);
        assert_eq!((writer.woken(), reader.woken()), (1, 0));
        drop(writer);
        assert_eq!(reader.woken(), 1);
        drop(reader);
        assert!(lock.try_write().is_some());
        *lock.get_mut() = 1;
        assert_eq!(lock.into_inner(), 1);
    }

    #[test]
    fn writers_exclude() {
        const EACH: u64 = if cfg!(miri) { 10 } else { 2_000 };
        let lock = RwLock::new((0_u64, 0_u64));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        let mut both = lock.write().block();
                        both.0 += 1;
                        std::hint::spin_loop();
                        both.1 += 1;
                    }
                });
                scope.spawn(|| {
                    for _ in 0..EACH {
                        let both = lock.read().block();
                        assert_eq!(both.0, both.1);
                    }
                });
            }
        });
        assert_eq!(lock.into_inner(), (2 * EACH, 2 * EACH));
    }

    #[test]
    fn is_send_and_sync_like_std() {
        fn is_send<T: Send + ?Sized>() {}
        fn is_sync<T: Sync + ?Sized>() {}
        is_send::<RwLock<std::cell::Cell<u8>>>();
        is_sync::<RwLock<[u8]>>();
        is_send::<RwLockWriteGuard<'_, std::cell::Cell<u8>>>();
        is_send::<RwLockReadGuard<'_, u8>>();
        is_sync::<RwLockReadGuard<'_, u8>>();
    }
}
