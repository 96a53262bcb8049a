//! The system's allocator, with a count of the bytes in use.
#![allow(unsafe_code)] // An allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

static IN_USE: AtomicIsize = AtomicIsize::new(0);

/// Counts, and passes everything on to the system's allocator.
#[derive(Debug)]
pub struct Counted;

/// Bytes that are allocated and not freed.
pub fn in_use() -> usize {
    IN_USE.load(Ordering::Relaxed).try_into().unwrap_or(0)
}

/// Makes the system's allocator take large blocks from the system and give them back to it. To be
/// called before anything large is allocated.
///
/// By default glibc's allocator takes large blocks from its arenas once some have been freed: it
/// has eight for each processor, and each keeps up to 64 MiB free at its top, which `malloc_trim`
/// does not touch. The memory of the process then shows which threads have allocated large blocks,
/// and nothing about leaks.
pub fn keep_nothing_large() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it may be called at any time.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 128 * 1024);
    }
}

/// Makes the allocator return all unused pages to the system.
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

// SAFETY: the system's allocator does all the work, with the caller's own arguments.
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
