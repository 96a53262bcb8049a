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

/// Has the system's allocator take large blocks from the system and give them back to it. To be
/// called before anything large is allocated.
///
/// Left to itself the one of glibc takes what was large once from its arenas: it has eight for each
/// processor, and each keeps up to 64 MiB free at its top, which `malloc_trim` does not touch. What
/// the process then holds says which threads have met large blocks, and nothing of what it has
/// lost.
pub fn keep_nothing_large() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it may be called at any time.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 128 * 1024);
    }
}

/// Has the allocator give all pages back to the system on which nothing is in use.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it may be called at any time.
    unsafe {
        libc::malloc_trim(0);
    }
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
