//! A place that holds something whatever happens to what was in it.

#![allow(unsafe_code)] // Writes by address.

/// Writes a value to the place when it is dropped. The place is empty then. The value is made last:
/// a place for frames is large, and is not passed around.
pub(crate) struct Overwrite<T, F: FnOnce() -> T> {
    place: *mut T,
    value: Option<F>,
}

impl<T, F: FnOnce() -> T> Overwrite<T, F> {
    /// # Safety
    /// - The caller owns the place, and drops its contents before the guard.
    pub(crate) unsafe fn new(place: *mut T, value: F) -> Self {
        let value = Some(value);
        Overwrite { place, value }
    }
}

impl<T, F: FnOnce() -> T> Drop for Overwrite<T, F> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            // SAFETY: by the contract of `new`.
            unsafe { self.place.write(value()) };
        }
    }
}
