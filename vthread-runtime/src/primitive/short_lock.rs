//! A lock for critical sections of some tens of instructions: its release is a plain store.
//!
//! A release that wakes threads has to be a read-modify-write, which tells whether there are any,
//! and costs as much as the section itself. Here no thread sleeps in a queue, so there is nothing
//! to tell: a thread that finds the lock taken looks again. It does so at once for about a
//! microsecond, then lets others run (the holder may have lost its processor), and then sleeps
//! between two looks, so that no holder starves whatever the priorities are.
//!
//! # Protocol
//! The word is true while the lock is held. A swap that finds false takes the lock, and acquires
//! what the last holder has released by its store. The lock is not fair: a section is so short that
//! the next thread rarely meets the same one twice.

use super::{AtomicBool, Ordering};

/// The word of the lock.
#[derive(Debug)]
pub(crate) struct ShortLock(AtomicBool);

super::const_unless_modelled! {
    /// A lock that is free.
    pub(super) const fn free() -> ShortLock {
        ShortLock(AtomicBool::new(false))
    }
}

impl ShortLock {
    #[inline]
    pub(super) fn try_take(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    #[inline]
    pub(super) fn take(&self) {
        if !self.try_take() {
            self.take_when_free();
        }
    }

    #[cold]
    fn take_when_free(&self) {
        let mut looks = 0;
        loop {
            pause::before_look(looks);
            looks += 1;
            // A load first: a swap would take the word's cache line from the holder.
            if !self.is_taken() && self.try_take() {
                return;
            }
        }
    }

    fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Called by the holder.
    #[inline]
    pub(super) fn release(&self) {
        self.0.store(false, Ordering::Release);
    }
}

mod pause {
    use std::thread;
    use std::time::Duration;

    /// So many pauses double, from one turn of the spin loop on.
    const SPINS: u32 = 6;
    /// After so many, the thread sleeps.
    const YIELDS: u32 = SPINS + 16;
    /// Of the first sleep; later ones are longer, up to 16 times.
    const SLEEP: Duration = Duration::from_micros(50);

    /// The pause after so many looks.
    pub(super) fn before_look(looks: u32) {
        if looks < SPINS {
            (0..1 << looks).for_each(|_| std::hint::spin_loop());
        } else if looks < YIELDS {
            thread::yield_now();
        } else {
            thread::sleep(SLEEP * (1 << (looks - YIELDS).min(4)));
        }
    }
}

/// The lock around a value.
#[cfg(not(loom))]
#[allow(unsafe_code)] // The promise that it excludes.
mod around {
    use super::ShortLock;
    use parking_lot::lock_api::{self, GuardNoSend};

    pub(crate) type ShortMutex<T> = lock_api::Mutex<ShortLock, T>;
    pub(crate) type ShortMutexGuard<'a, T> = lock_api::MutexGuard<'a, ShortLock, T>;

    // SAFETY: between a `take`, or a `try_take` that has returned true, and the `release`, the word
    // is true, and no other one returns (true): see the protocol.
    unsafe impl lock_api::RawMutex for ShortLock {
        #[allow(clippy::declare_interior_mutable_const)] // The trait has it so.
        const INIT: Self = super::free();

        type Guard = GuardNoSend;

        #[inline]
        fn lock(&self) -> GuardNoSend {
            self.take();
            GuardNoSend::new()
        }
        #[inline]
        fn try_lock(&self) -> Option<GuardNoSend> {
            self.try_take().then(GuardNoSend::new)
        }
        #[inline]
        unsafe fn unlock(&self, _: GuardNoSend) {
            self.release();
        }
        #[inline]
        fn is_locked(&self) -> bool {
            self.is_taken()
        }
    }
}
#[cfg(not(loom))]
pub(crate) use self::around::{ShortMutex, ShortMutexGuard};

#[cfg(all(test, not(loom)))]
mod tests {
    use super::ShortMutex;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn a_lock_that_is_held_for_long_is_waited_for() {
        let lock = ShortMutex::new(0);
        let held = lock.lock();
        assert!(lock.try_lock().is_none());
        thread::scope(|scope| {
            let others = [(); 3].map(|()| scope.spawn(|| *lock.lock() += 1));
            // For so long that they sleep; the test does not depend on it.
            thread::sleep(Duration::from_millis(5));
            assert!(others.iter().all(|other| !other.is_finished()));
            drop(held);
        });
        assert_eq!(lock.into_inner(), 3);
    }
}

#[cfg(all(test, loom))]
#[allow(unsafe_code)] // The value that the lock protects.
mod model {
    use super::*;
    use crate::primitive::{Arc, thread};

    /// Two threads that try to take the lock: loom checks that one at a time uses the value, and
    /// sees the last one. (To take it is to try until it succeeds, which a model cannot have.)
    #[test]
    fn loom_short_lock_excludes_and_publishes() {
        loom::model(|| {
            let shared = Arc::new((free(), loom::cell::UnsafeCell::new(0)));
            let add = |shared: &(ShortLock, loom::cell::UnsafeCell<i32>)| {
                let mut n = 0;
                for _ in 0..2 {
                    if shared.0.try_take() {
                        // SAFETY: the lock is held.
                        shared.1.with_mut(|value| unsafe { *value += 1 });
                        shared.0.release();
                        n += 1;
                    }
                }
                n
            };
            let other = {
                let shared = shared.clone();
                thread::spawn(move || add(&shared))
            };
            let n = add(&shared) + other.join().unwrap();
            assert!(n >= 2, "a free lock is taken");
            // SAFETY: the other has ended.
            assert_eq!(shared.1.with(|value| unsafe { *value }), n);
        });
    }
}
