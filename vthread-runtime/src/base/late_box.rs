//! A box that is made when it is first needed: until then it takes one word and no more.

#![allow(unsafe_code)] // The word owns the box.

use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The word. Set once.
pub(crate) struct LateBox<T> {
    place: AtomicPtr<T>,
    _owns: PhantomData<Box<T>>,
}

// SAFETY: as a `OnceLock<Box<T>>`: the value may be made by one thread and dropped by another, and
// is shared between.
unsafe impl<T: Send + Sync> Sync for LateBox<T> {}

impl<T> Default for LateBox<T> {
    fn default() -> Self {
        LateBox {
            place: AtomicPtr::new(ptr::null_mut()),
            _owns: PhantomData,
        }
    }
}

impl<T> LateBox<T> {
    /// The value, if it has been made.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: null, or a box that is not freed before `self` is dropped.
        unsafe { self.place.load(Ordering::Acquire).as_ref() }
    }

    /// The value, which is made if it is not there.
    pub(crate) fn get_or_make(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let new = Box::into_raw(Box::new(make()));
        let null = ptr::null_mut();
        let set = self
            .place
            .compare_exchange(null, new, Ordering::AcqRel, Ordering::Acquire);
        if set.is_err() {
            // SAFETY: ours, and no other thread has seen it.
            drop(unsafe { Box::from_raw(new) });
        }
        self.get().expect("made by us, or by who was quicker")
    }
}

impl<T> Drop for LateBox<T> {
    #[inline]
    fn drop(&mut self) {
        let place = *self.place.get_mut();
        if !place.is_null() {
            // SAFETY: made by `Box::into_raw`, and given up once, here.
            drop(unsafe { Box::from_raw(place) });
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for LateBox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn it_is_made_once_and_dropped_once() {
        let witness = Arc::new(());
        let late = LateBox::default();
        assert_eq!(late.get(), None);
        let first: [usize; 4] = std::thread::scope(|scope| {
            let made = [1, 2, 3, 4].map(|n| {
                let (late, witness) = (&late, &witness);
                scope.spawn(move || late.get_or_make(|| (n, witness.clone())).0)
            });
            made.map(|made| made.join().unwrap())
        });
        assert_eq!(first, [late.get().unwrap().0; 4]);
        assert_eq!(Arc::strong_count(&witness), 2);
        drop(late);
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}
