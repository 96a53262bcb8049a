//! The pointer to the bindings of the code that runs: see `bindings.rs`, which knows the map.

#![allow(unsafe_code)] // Functions whose callers keep the map.

use std::cell::Cell;
use std::ptr;

/// A map with an owner elsewhere, which keeps it for long enough.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Borrowed(*const ());

/// No map, whatever is inherited. Never read.
const UNBOUND: Borrowed = Borrowed(ptr::dangling::<usize>().cast());

impl Borrowed {
    #[inline]
    pub(super) const fn none() -> Self {
        Borrowed(ptr::null())
    }

    #[inline]
    pub(super) fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// The address of the map.
    #[inline]
    pub(super) fn into_word(self) -> *const () {
        self.0
    }

    /// The map with that address, or none.
    #[inline]
    pub(super) fn from_word(word: *const ()) -> Self {
        Borrowed(word)
    }
}

/// The pointer to the current map. Null: that which is inherited.
#[derive(Debug)]
pub(crate) struct Current(Cell<Borrowed>);

impl Current {
    pub(crate) const fn inherited() -> Self {
        Current(Cell::new(Borrowed::none()))
    }

    /// Whether there is a map. `inherits`: whether there is one that is inherited.
    #[inline]
    pub(super) fn is_some_or(&self, inherits: impl FnOnce() -> bool) -> bool {
        let map = self.0.get();
        match map.is_none() {
            true => inherits(),
            false => !ptr::eq(map.0, UNBOUND.0),
        }
    }

    /// The current map, or that which is inherited.
    #[inline]
    pub(super) fn get(&self, inherited: impl FnOnce() -> Borrowed) -> Borrowed {
        let map = self.0.get();
        if map.is_none() {
            inherited()
        } else if ptr::eq(map.0, UNBOUND.0) {
            Borrowed::none()
        } else {
            map
        }
    }

    /// From here on nothing is bound.
    pub(super) fn clear(&self) {
        self.0.set(UNBOUND);
    }

    /// Runs `code` with `bindings` as the current map.
    ///
    /// # Safety
    /// - Their owner keeps them until `code` has ended.
    pub(crate) unsafe fn within<R>(&self, bindings: Borrowed, code: impl FnOnce() -> R) -> R {
        let map = match bindings.is_none() {
            true => UNBOUND,
            false => bindings,
        };
        // SAFETY: by the contract.
        unsafe { self.as_at(map, code) }
    }

    /// The pointer, for a call whose code runs later.
    #[inline]
    pub(super) fn at_call(&self) -> Borrowed {
        self.0.get()
    }

    /// Runs `code` with the pointer as it was `at_call`.
    ///
    /// # Safety
    /// - The owner of the bindings keeps them until `code` has ended.
    #[inline]
    pub(super) unsafe fn as_at<R>(&self, call: Borrowed, code: impl FnOnce() -> R) -> R {
        struct Restore<'a>(&'a Current, Borrowed);
        impl Drop for Restore<'_> {
            #[inline]
            fn drop(&mut self) {
                self.0.0.set(self.1);
            }
        }
        let guard = Restore(self, self.0.replace(call));
        let result = code();
        drop(guard);
        result
    }
}
