//! The types that may be used after a panic that was caught: the same as std's.

use super::channel::{Receiver, Sender};
use super::mutex::{Mutex, MutexGuard};
use super::mutex_guards::{MappedMutexGuard, OwnedMutexGuard};
use super::once_lock::OnceLock;
use super::rw_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use super::{
    Barrier, Condvar, LazyLock, MappedRwLockReadGuard, MappedRwLockWriteGuard, Notify, Once,
    OwnedPermit, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, Permit, Semaphore, WeakSender,
};
use std::panic::{RefUnwindSafe, UnwindSafe};

macro_rules! unwind_safe {
    ($([$($generics:tt)*] $ty:ty;)*) => { $(
        impl<$($generics)*> UnwindSafe for $ty {}
        impl<$($generics)*> RefUnwindSafe for $ty {}
    )* };
}

// As std's, which are unwind safe because they are poisoned. Here a lock released by a panic holds
// what the panic left, as that of a `parking_lot` does: the code that catches the panic knows what
// was broken.
unwind_safe! {
    [T: ?Sized] Mutex<T>;
    [T: ?Sized] MutexGuard<'_, T>;
    [T: ?Sized] OwnedMutexGuard<T>;
    [T: ?Sized] MappedMutexGuard<'_, T>;
    [T: ?Sized] RwLock<T>;
    [T: ?Sized] RwLockReadGuard<'_, T>;
    [T: ?Sized] RwLockWriteGuard<'_, T>;
    [T: ?Sized] OwnedRwLockReadGuard<T>;
    [T: ?Sized] OwnedRwLockWriteGuard<T>;
    [T: ?Sized] MappedRwLockReadGuard<'_, T>;
    [T: ?Sized] MappedRwLockWriteGuard<'_, T>;
    [T] Sender<T>;
    [T] WeakSender<T>;
    [T] Receiver<T>;
    [] Barrier;
    [] Condvar;
    [] Notify;
    [] Once;
    [] Semaphore;
    [] Permit<'_>;
    [] OwnedPermit;
}

impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe + RefUnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe + RefUnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn is_safe<T: UnwindSafe + RefUnwindSafe + ?Sized>() {}

    #[test]
    fn as_stds() {
        is_safe::<std::sync::Mutex<Cell<u8>>>();
        is_safe::<Mutex<Cell<u8>>>();
        is_safe::<std::sync::RwLock<dyn Send>>();
        is_safe::<RwLock<dyn Send>>();
        is_safe::<std::sync::mpsc::Receiver<Cell<u8>>>();
        is_safe::<Receiver<Cell<u8>>>();
        is_safe::<Sender<Cell<u8>>>();
        is_safe::<std::sync::OnceLock<u8>>();
        is_safe::<OnceLock<u8>>();
        is_safe::<std::sync::LazyLock<u8>>();
        is_safe::<LazyLock<u8>>();
        is_safe::<(Barrier, Condvar, Once)>();
    }
}
