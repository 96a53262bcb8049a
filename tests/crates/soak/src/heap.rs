//! The system's allocator, with a count of the bytes that are in use.
#![allow(unsafe_code)] // An allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

static IN_USE: AtomicIsize = AtomicIsize::new(0);

/// Counts, and lets the system allocate.
#[derive(Debug)]
pub struct Counted;

/// How many bytes have been allocated and not freed.
pub fn in_use() -> usize {
    IN_USE.load(Ordering::Relaxed).try_into().unwrap_or(0)
}

fn add(n: usize) {
    IN_USE.fetch_add(n as isize, Ordering::Relaxed);
}

fn subtract(n: usize) {
    IN_USE.fetch_sub(n as isize, Ordering::Relaxed);
}

// SAFETY: all is done by the system's allocator, with the caller's own arguments.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        subtract(layout.size());
        // SAFETY: the caller's promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size);
        subtract(layout.size());
        // SAFETY: the caller's promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
