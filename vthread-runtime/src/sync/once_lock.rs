//! A value that is made once, when it is first needed.

use super::mutex::Mutex;
use super::notify::Notify;
use crate::primitive::const_unless_modelled;
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::wait_for::{Site, leak};
use std::convert::Infallible;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::sync;

/// A value that is made once, when it is first needed. The others wait meanwhile.
///
/// As [`std::sync::OnceLock`], but waiting for it suspends.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::OnceLock;
///
/// static NAME: OnceLock<String> = OnceLock::new();
/// // In #[vthread] code without the .block()
/// let name = NAME.get_or_init(|| "Ada".to_owned()).block();
/// assert_eq!(name, "Ada");
/// assert_eq!(NAME.get_or_init(|| unreachable!()).block(), "Ada");
/// ```
pub struct OnceLock<T> {
    value: sync::OnceLock<T>,
    /// Held by the vthread that makes the value.
    making: Mutex<()>,
    /// All are notified when there is a value.
    waiting: Notify,
}

impl<T> OnceLock<T> {
    const_unless_modelled! {
        /// Makes a cell without a value.
        pub const fn new() -> Self {
            OnceLock { value: sync::OnceLock::new(), making: Mutex::new(()), waiting: Notify::new() }
        }
    }

    /// Returns the value, if there is one. Never waits, never a checkpoint.
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Returns the value, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Takes the value out. The cell has none then.
    pub fn take(&mut self) -> Option<T> {
        self.value.take()
    }

    /// Returns the value, if there is one.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Sets the value, also while another vthread is about to make one, which is dropped then.
    /// Never waits.
    ///
    /// # Errors
    /// There is a value already. The error holds the new one.
    pub fn set(&self, value: T) -> Result<(), T> {
        leak::<T>();
        self.value.set(value)?;
        self.waiting.notify_waiters();
        Ok(())
    }

    /// Returns the value, which `make` makes if there is none. One vthread makes it, the others
    /// wait.
    ///
    /// `make` is plain code: the vthread functions that it calls block.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread makes the value.
    ///
    /// # Cancellation
    /// The wait ends. If it was to make the value, the next waiter does.
    ///
    /// # Panics
    /// If `make` does; then the next waiter makes the value. A `make` that asks for the same value
    /// waits forever.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, make: F) -> Call<&T, impl Future<Output = &T>> {
        Call::leaf(self.getting(make, Location::caller()))
    }

    /// The frame of `get_or_init`, called at `site`.
    pub(super) async fn getting(&self, make: impl FnOnce() -> T, site: Site) -> &T {
        match self.get_or_make(|| Ok::<T, Infallible>(make()), site).await {
            Ok(value) => value,
        }
    }

    /// Waits until there is a value. It does not make it.
    ///
    /// # Suspends
    /// Always a checkpoint, and until there is a value.
    ///
    /// # Cancellation
    /// The wait ends.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::OnceLock;
    ///
    /// static NAME: OnceLock<&str> = OnceLock::new();
    /// std::thread::spawn(|| NAME.set("Ada"));
    /// assert_eq!(*NAME.wait().block(), "Ada");
    /// ```
    pub fn wait(&self) -> Call<&T, impl Future<Output = &T>> {
        Call::leaf(self.waited())
    }

    /// The frame of `wait`.
    pub(super) async fn waited(&self) -> &T {
        self.waiting.until(|| self.get()).await
    }

    /// Returns the value, which `make` makes if there is none. If it fails, the cell stays without
    /// a value.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread makes the value.
    ///
    /// # Cancellation
    /// The wait ends. If it was to make the value, the next waiter does.
    ///
    /// # Panics
    /// As [`get_or_init`](OnceLock::get_or_init).
    ///
    /// # Errors
    /// The error of `make`.
    #[track_caller]
    pub fn get_or_try_init<E, F: FnOnce() -> Result<T, E>>(
        &self,
        make: F,
    ) -> Call<Result<&T, E>, impl Future<Output = Result<&T, E>>> {
        Call::leaf(self.get_or_make(make, Location::caller()))
    }

    async fn get_or_make<E>(
        &self,
        make: impl FnOnce() -> Result<T, E>,
        site: Site,
    ) -> Result<&T, E> {
        poll_fn(checkpoint).await;
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let making = self.making.locked(site).await;
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let value = make()?;
        leak::<T>();
        // Another vthread may have set a value meanwhile.
        let value = self.value.get_or_init(|| value);
        self.waiting.notify_waiters();
        drop(making);
        Ok(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("get_or_init") }> for OnceLock<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("get_or_try_init") }> for OnceLock<T> {}
#[diagnostic::do_not_recommend]
impl<T> Suspends<{ name_hash("wait") }> for OnceLock<T> {}

impl<T: Clone> Clone for OnceLock<T> {
    fn clone(&self) -> Self {
        self.get()
            .cloned()
            .map_or_else(OnceLock::new, OnceLock::from)
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        OnceLock {
            value: sync::OnceLock::from(value),
            making: Mutex::new(()),
            waiting: Notify::new(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("OnceLock");
        match self.get() {
            Some(value) => tuple.field(value).finish(),
            None => tuple.field(&format_args!("<no value>")).finish(),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn one_value() {
        let mut cell = OnceLock::new();
        assert_eq!(cell.get(), None);
        assert_eq!(cell.get_or_try_init(|| Err("no")).block(), Err("no"));
        assert_eq!(*cell.get_or_init(|| 7).block(), 7);
        assert_eq!(cell.set(8), Err(8));
        assert_eq!(format!("{cell:?}"), "OnceLock(7)");
        *cell.get_mut().unwrap() += 1;
        assert_eq!(cell.take(), Some(8));
        assert_eq!(cell.set(9), Ok(()));
        assert_eq!(cell.into_inner(), Some(9));
    }

    #[test]
    fn a_cancelled_waiter_leaves_it_to_the_next() {
        let cell = OnceLock::new();
        let making = cell.making.try_lock();
        let mut first = by_hand(cell.get_or_init(|| 1));
        let mut second = by_hand(cell.get_or_init(|| 2));
        assert!(first.poll().is_none() && second.poll().is_none());
        drop(making);
        assert_eq!((first.woken(), second.woken()), (1, 0));
        drop(first);
        assert_eq!((second.woken(), second.poll()), (1, Some(&2)));
    }

    #[test]
    fn a_panic_leaves_it_to_the_next() {
        let cell = OnceLock::new();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            cell.get_or_init(|| std::panic::resume_unwind(Box::new(())))
                .block();
        }));
        assert!(panicked.is_err());
        assert_eq!(cell.get_or_init(|| 3).block(), &3);
    }

    #[test]
    fn waiters_find_the_value_however_it_came() {
        let cell = OnceLock::new();
        let (mut early, mut gone) = (by_hand(cell.wait()), by_hand(cell.wait()));
        assert!(early.poll().is_none() && gone.poll().is_none());
        drop(gone);
        cell.set(1).unwrap();
        assert_eq!((early.woken(), early.poll()), (1, Some(&1)));
        assert_eq!(cell.wait().block(), &1);
        let other = OnceLock::new();
        let mut waiting = by_hand(other.wait());
        assert!(waiting.poll().is_none());
        other.get_or_init(|| 1).block();
        assert_eq!((waiting.woken(), waiting.poll()), (1, Some(&1)));
        assert!(cell == other && cell.clone() == other && cell != OnceLock::new());
    }

    #[test]
    fn is_made_once() {
        let (cell, n_made) = (OnceLock::new(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for i in 0..8 {
                let (cell, n_made) = (&cell, &n_made);
                scope.spawn(move || {
                    cell.get_or_init(|| {
                        n_made.fetch_add(1, Ordering::SeqCst);
                        i
                    })
                    .block();
                });
            }
        });
        assert_eq!(n_made.into_inner(), 1);
    }
}
