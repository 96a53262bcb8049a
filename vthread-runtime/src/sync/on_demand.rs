//! A part of a frame that few calls need, made in place by those.
//!
//! It remembers where it was made, and drops the contents there. If it dropped them where it is
//! itself, the address of a call that has not been polled yet might be used, in case of a panic: so
//! the compiler would keep the call in memory, and copy all of it into the frame. That was a third
//! of the instructions of a free lock.

#![allow(unsafe_code)] // The contents are reached by their address.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::marker::PhantomPinned;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::ptr;

/// Room for a `T`, in a frame.
pub(super) struct OnDemand<T> {
    /// The address of `room`, once there is a `T` in it. From then on it is pinned. Before it is
    /// `UNMADE`: were that zero, the compiler would fill the room with zeros as well.
    made: Cell<*const T>,
    room: UnsafeCell<MaybeUninit<T>>,
    _pinned: PhantomPinned,
}

// SAFETY: it owns a `T`, or nothing.
unsafe impl<T: Send> Send for OnDemand<T> {}
// SAFETY: `&OnDemand` gives out `&T`; it is made by the one that polls the frame, which has it
// pinned and exclusively.
unsafe impl<T: Sync> Sync for OnDemand<T> {}

impl<T> OnDemand<T> {
    /// No address of a `T`.
    const UNMADE: *const T = ptr::without_provenance(1);

    /// Nothing yet.
    #[inline]
    pub(super) const fn new() -> Self {
        OnDemand {
            made: Cell::new(Self::UNMADE),
            room: UnsafeCell::new(MaybeUninit::uninit()),
            _pinned: PhantomPinned,
        }
    }

    /// Whether it was made.
    #[inline]
    pub(super) fn is_made(&self) -> bool {
        !ptr::eq(self.made.get(), Self::UNMADE)
    }

    /// The `T`, if it was made.
    #[inline]
    pub(super) fn get(self: Pin<&mut Self>) -> Option<Pin<&T>> {
        // SAFETY: it lies in `self`, which is pinned, and is dropped with it.
        let made = || unsafe { Pin::new_unchecked(&*self.made.get()) };
        self.is_made().then(made)
    }

    /// The `T`, made by `make` if it was not.
    pub(super) fn get_or_make(self: Pin<&mut Self>, make: impl FnOnce() -> T) -> Pin<&T> {
        if !self.is_made() {
            let room = self.room.get().cast::<T>();
            // SAFETY: room for one, where there is none.
            unsafe { room.write(make()) };
            self.made.set(room);
        }
        self.get().expect("made above")
    }
}

impl<T> Drop for OnDemand<T> {
    #[inline]
    fn drop(&mut self) {
        if self.is_made() {
            // SAFETY: it was made there, and is dropped once, with its place, which did not move.
            unsafe { drop_made(self.made.get().cast_mut()) };
        }
    }
}

/// # Safety
/// - As for `drop_in_place`.
#[cold]
unsafe fn drop_made<T>(made: *mut T) {
    // SAFETY: by the contract.
    unsafe { made.drop_in_place() };
}

impl<T> fmt::Debug for OnDemand<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnDemand")
            .field("is_made", &self.is_made())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::rc::Rc;

    #[test]
    fn what_is_made_is_dropped_once_and_what_is_not_never() {
        let count = Rc::new(());
        {
            let unmade = OnDemand::<Rc<()>>::new();
            assert!(!unmade.is_made());
            let mut place = pin!(unmade);
            assert!(place.as_mut().get().is_none());
            for _ in 0..2 {
                let made = place.as_mut().get_or_make(|| count.clone());
                assert!(Rc::ptr_eq(&made, &count));
            }
            assert!(place.is_made() && place.as_mut().get().is_some());
            assert_eq!(Rc::strong_count(&count), 2);
        }
        assert_eq!(Rc::strong_count(&count), 1);
        drop(OnDemand::<Rc<()>>::new());
    }
}
