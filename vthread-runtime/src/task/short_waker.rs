//! A waker in one word, for places of which every vthread or every socket has some.
//!
//! The waker of a task is the task's address, and its table is known. The address is even: that of
//! a boxed waker, for all other wakers, is made odd.

#![allow(unsafe_code)] // The word owns what it points to.

use super::header::Header;
use super::waker::{of_task, task_of};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::task::Waker;

/// Set in the address of a box.
const BOXED: usize = 1;

/// A waker.
pub(crate) struct ShortWaker(NonNull<()>);

// SAFETY: it owns a waker, which is `Send`.
unsafe impl Send for ShortWaker {}
// SAFETY: a waker is `Sync`.
unsafe impl Sync for ShortWaker {}

impl From<Waker> for ShortWaker {
    #[inline]
    fn from(waker: Waker) -> Self {
        match task_of(&waker) {
            Some(task) => {
                // Its reference is this one's.
                let _kept = ManuallyDrop::new(waker);
                ShortWaker(task.cast())
            }
            None => ShortWaker::boxed(waker),
        }
    }
}

impl From<ShortWaker> for Waker {
    #[inline]
    fn from(short: ShortWaker) -> Self {
        let short = ManuallyDrop::new(short);
        // SAFETY: taken out once, since `short` is not dropped.
        unsafe { short.take() }
    }
}

impl ShortWaker {
    #[cold]
    fn boxed(waker: Waker) -> Self {
        let waker = NonNull::from(Box::leak(Box::new(waker))).cast::<()>();
        ShortWaker(waker.map_addr(|address| address | BOXED))
    }

    /// The box, if the waker is in one.
    #[inline]
    fn as_box(&self) -> Option<NonNull<Waker>> {
        let address = self.0.addr().get();
        (address & BOXED != 0).then(|| {
            let place = self.0.as_ptr().map_addr(|address| address & !BOXED);
            NonNull::new(place.cast()).expect("a box is not null")
        })
    }

    /// # Safety
    /// - It is not used any more, nor dropped.
    #[inline]
    unsafe fn take(&self) -> Waker {
        match self.as_box() {
            // SAFETY: made by `boxed`, and taken once.
            Some(place) => *unsafe { Box::from_raw(place.as_ptr()) },
            // SAFETY: a task's address with the reference of the waker that it was made of.
            None => unsafe { of_task(self.0.cast::<Header>()) },
        }
    }

    /// Whether both wake the same.
    #[inline]
    pub(crate) fn will_wake(&self, other: &Waker) -> bool {
        match self.as_box() {
            // SAFETY: ours.
            Some(place) => unsafe { place.as_ref() }.will_wake(other),
            None => task_of(other).is_some_and(|task| task.cast() == self.0),
        }
    }
}

impl Drop for ShortWaker {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: dropped once.
        drop(unsafe { self.take() });
    }
}

impl fmt::Debug for ShortWaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortWaker")
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Counter(AtomicUsize);
    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_foreign_waker_comes_back_whole() {
        assert_eq!(size_of::<Option<ShortWaker>>(), size_of::<usize>());
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(counter.clone());
        let short = ShortWaker::from(waker.clone());
        assert!(short.will_wake(&waker) && !short.will_wake(Waker::noop()));
        assert_eq!(Arc::strong_count(&counter), 3);
        Waker::from(short).wake();
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        drop(ShortWaker::from(waker));
        assert_eq!(Arc::strong_count(&counter), 1);
    }
}
