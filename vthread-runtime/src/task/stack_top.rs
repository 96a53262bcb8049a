//! The top of a vthread's call stack, and at its bottom the bindings that the vthread was born
//! with, in one word: few vthreads have either.
//!
//! Without segments the word is the address of the bindings; with some it is that of the topmost
//! one, made odd, and each segment has the bindings. Touched by the polling thread only.

#![allow(unsafe_code)] // Addresses in one word.

use super::current_map::Borrowed;
use std::cell::Cell;
use std::ptr::{self, NonNull};

/// Set in the address of a segment.
const SEGMENT: usize = 1;

/// The word.
#[derive(Debug)]
pub(crate) struct StackTop(Cell<*const ()>);

/// A segment's part of the call stack; its first field.
#[derive(Debug)]
pub(super) struct Place {
    /// The word of the call stack below.
    below: Cell<*const ()>,
    /// The bindings of the vthread.
    inherited: Cell<Borrowed>,
}

impl Place {
    /// That of a segment that is not pushed.
    #[inline]
    pub(super) fn new() -> Self {
        Place {
            below: Cell::new(ptr::null()),
            inherited: Cell::new(Borrowed::none()),
        }
    }
}

impl StackTop {
    #[inline]
    pub(crate) fn new() -> Self {
        StackTop(Cell::new(ptr::null()))
    }

    /// The topmost segment, if there is one.
    #[inline]
    pub(super) fn segment(&self) -> Option<NonNull<Place>> {
        let word = self.0.get();
        if word.addr() & SEGMENT == 0 {
            return None;
        }
        let place = word.map_addr(|address| address & !SEGMENT).cast_mut();
        NonNull::new(place.cast())
    }

    /// The bindings that the vthread was born with.
    #[inline]
    pub(super) fn inherited(&self) -> Borrowed {
        match self.segment() {
            // SAFETY: pushed, hence alive.
            Some(place) => unsafe { place.as_ref() }.inherited.get(),
            None => Borrowed::from_word(self.0.get()),
        }
    }

    /// Sets those, at birth, or for a call that is about to be made.
    #[inline]
    pub(super) fn set_inherited(&self, bindings: Borrowed) {
        debug_assert!(self.segment().is_none());
        self.0.set(bindings.into_word());
    }

    /// A segment becomes the topmost one. It stays alive until it is popped.
    #[inline]
    pub(super) fn push(&self, segment: NonNull<Place>) {
        // SAFETY: alive, as the caller says.
        let place = unsafe { segment.as_ref() };
        place.inherited.set(self.inherited());
        let segment = segment.as_ptr().cast_const().cast::<()>();
        let below = self
            .0
            .replace(segment.map_addr(|address| address | SEGMENT));
        place.below.set(below);
    }

    /// The topmost segment is popped.
    #[inline]
    pub(super) fn pop(&self, segment: &Place) {
        debug_assert!(self.segment() == Some(NonNull::from(segment)));
        self.0.set(segment.below.get());
    }

    /// Nothing is inherited any more.
    #[inline]
    pub(crate) fn reset(&self) {
        debug_assert!(self.segment().is_none());
        self.0.set(ptr::null());
    }

    /// The word of a task that has ended, for another use.
    #[inline]
    pub(crate) fn unused(&self) -> &Cell<*const ()> {
        &self.0
    }
}
