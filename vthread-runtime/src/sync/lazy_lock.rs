//! A value that is made when it is first used.

use super::once_lock::OnceLock;
use crate::primitive::{Mutex, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};

/// A value that is made when it is first used, by a function that was given before.
///
/// As [`std::sync::LazyLock`], but [`force`](LazyLock::force) suspends while another vthread makes
/// the value. A dereference cannot suspend: while the value is being made it blocks, which is
/// allowed anywhere, and another OS thread takes over meanwhile.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::LazyLock;
///
/// static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| vec!["Ada", "Grace"]);
/// assert_eq!(NAMES.len(), 2);
/// ```
pub struct LazyLock<T, F = fn() -> T> {
    value: OnceLock<T>,
    /// Taken by the first use.
    make: Mutex<Option<F>>,
}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    const_unless_modelled! {
        /// Makes a lock whose value `make` computes when it is first used. `make` is plain code.
        pub const fn new(make: F) -> Self {
            LazyLock { value: OnceLock::new(), make: Mutex::new(Some(make)) }
        }
    }

    /// Returns the value, which is made if it is not there.
    ///
    /// # Suspends
    /// Always a checkpoint, and while another vthread makes the value.
    ///
    /// # Cancellation
    /// The wait ends.
    ///
    /// # Panics
    /// If the function that makes the value does, now or before: a second attempt is not made.
    #[track_caller]
    pub fn force(this: &Self) -> Call<&T, impl Future<Output = &T>> {
        this.value.get_or_init(|| this.make())
    }

    /// Returns the value, which is made if it is not there: no other vthread can make it meanwhile.
    ///
    /// # Panics
    /// As [`force`](LazyLock::force).
    pub fn force_mut(this: &mut Self) -> &mut T {
        if this.value.get().is_none() {
            this.value = OnceLock::from(this.make());
        }
        this.value.get_mut().expect("it has been made")
    }

    fn make(&self) -> T {
        let make = self.make.lock().take();
        make.expect("vthread::sync::LazyLock: an earlier attempt to make the value has panicked")()
    }
}

impl<T, F> LazyLock<T, F> {
    /// Returns the value if it has been made.
    pub fn get(this: &Self) -> Option<&T> {
        this.value.get()
    }

    /// Returns the value if it has been made.
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.value.get_mut()
    }
}

#[diagnostic::do_not_recommend]
impl<T, F> Suspends<{ name_hash("force") }> for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;
    #[track_caller]
    fn deref(&self) -> &T {
        match self.value.get() {
            Some(value) => value,
            None => LazyLock::force(self).block(),
        }
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LazyLock");
        match self.value.get() {
            Some(value) => tuple.field(value).finish(),
            None => tuple.field(&format_args!("<uninit>")).finish(),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn is_made_once() {
        static N_MADE: AtomicUsize = AtomicUsize::new(0);
        static VALUE: LazyLock<usize> = LazyLock::new(|| N_MADE.fetch_add(1, Ordering::SeqCst));
        assert_eq!(format!("{VALUE:?}"), "LazyLock(<uninit>)");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!((*VALUE, *LazyLock::force(&VALUE).block()), (0, 0)));
            }
        });
        assert_eq!(N_MADE.load(Ordering::SeqCst), 1);
        assert_eq!(format!("{VALUE:?}"), "LazyLock(0)");
    }

    #[test]
    fn one_of_its_own_can_be_changed() {
        let mut value = LazyLock::new(|| 1);
        assert_eq!(LazyLock::get(&value), None);
        assert_eq!(LazyLock::get_mut(&mut value), None);
        *value += 1;
        *LazyLock::force_mut(&mut value) += 1;
        assert_eq!(LazyLock::get(&value), Some(&3));
        assert_eq!(LazyLock::get_mut(&mut value), Some(&mut 3));
    }

    #[test]
    fn a_panic_stays() {
        let value: LazyLock<u8> = LazyLock::new(|| panic!("no value"));
        for _ in 0..2 {
            let used = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| *value));
            assert!(used.is_err());
        }
    }
}
