//! The loom switch: every atomic and lock of a protocol comes from here, and only this file
//! knows `cfg(loom)`. Under loom the same protocols run on its model of memory.

#[cfg(loom)]
pub(crate) use self::model::*;
#[cfg(not(loom))]
pub(crate) use self::real::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use parking_lot::{Mutex, MutexGuard};
    pub(crate) use std::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering,
        fence,
    };

    /// parking_lot's, with a shape that loom's has too.
    #[derive(Debug)]
    pub(crate) struct Condvar(parking_lot::Condvar);
    impl Condvar {
        pub(crate) const fn new() -> Self {
            Condvar(parking_lot::Condvar::new())
        }
        pub(crate) fn wait<'a, T>(&self, mut guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
            self.0.wait(&mut guard);
            guard
        }
        pub(crate) fn wait_for<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            longest: std::time::Duration,
        ) -> MutexGuard<'a, T> {
            self.0.wait_for(&mut guard, longest);
            guard
        }
        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }
}

#[cfg(loom)]
#[allow(unused_imports)]
mod model {
    pub(crate) use loom::sync::Arc;
    pub(crate) use loom::sync::MutexGuard;
    pub(crate) use loom::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering,
        fence,
    };
    pub(crate) use loom::thread;

    /// Polls `frame` on the model's thread until it is done.
    pub(crate) fn block_on<F: Future>(frame: F) -> F::Output {
        struct Told(loom::sync::Notify);
        impl std::task::Wake for Told {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.notify();
            }
        }
        let told = std::sync::Arc::new(Told(loom::sync::Notify::new()));
        let waker = told.clone().into();
        let mut frame = std::pin::pin!(frame);
        loop {
            if let std::task::Poll::Ready(value) = frame
                .as_mut()
                .poll(&mut std::task::Context::from_waker(&waker))
            {
                return value;
            }
            told.0.wait();
        }
    }

    /// loom's mutex with parking_lot's shape.
    #[derive(Debug)]
    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);
    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Mutex(loom::sync::Mutex::new(value))
        }
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }
        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }
        /// Without the wait: a model has no time.
        pub(crate) fn try_lock_for(&self, _: std::time::Duration) -> Option<MutexGuard<'_, T>> {
            self.try_lock()
        }
    }
    impl<T: Default> Default for Mutex<T> {
        fn default() -> Self {
            Self::new(T::default())
        }
    }

    /// loom's condition variable, without poisoning.
    #[derive(Debug)]
    pub(crate) struct Condvar(loom::sync::Condvar);
    impl Condvar {
        pub(crate) fn new() -> Self {
            Condvar(loom::sync::Condvar::new())
        }
        pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
            self.0.wait(guard).unwrap()
        }
        pub(crate) fn wait_for<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            longest: std::time::Duration,
        ) -> MutexGuard<'a, T> {
            self.0.wait_timeout(guard, longest).unwrap().0
        }
        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }
}

/// Declares a constructor that is `const`, except under loom, whose locks and atomics are made at
/// run time.
#[cfg(not(loom))]
macro_rules! const_unless_modelled {
    ($(#[$attr:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$attr])* $vis const fn $($rest)* };
}
#[cfg(loom)]
macro_rules! const_unless_modelled {
    ($(#[$attr:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$attr])* $vis fn $($rest)* };
}
pub(crate) use const_unless_modelled;

/// A bound of a protocol. Models use `modelled`, so that they reach it within the schedules they
/// explore.
pub(crate) const fn shrunk(real: u8, modelled: u8) -> u8 {
    if cfg!(loom) { modelled } else { real }
}

/// Declares a static. Under loom each execution of a model has its own.
#[cfg(not(loom))]
macro_rules! process_wide {
    ($(#[$attr:meta])* static $name:ident: $type:ty = $value:expr;) => { $(#[$attr])* static $name: $type = $value; };
}
#[cfg(loom)]
macro_rules! process_wide {
    ($(#[$attr:meta])* static $name:ident: $type:ty = $value:expr;) => {
        loom::lazy_static! { $(#[$attr])* static ref $name: $type = $value; }
    };
}
pub(crate) use process_wide;
