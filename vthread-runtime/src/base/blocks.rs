//! The memory of tasks and of the frames of recursive calls: blocks that are used again.
//!
//! Every spawn takes a block and every end gives one back, often on another thread. So each worker
//! keeps the blocks that it was given, by size: two *magazines* for each, at most `MAGAZINE` blocks
//! long. It takes and gives without a lock or an atomic operation as long as one of them is neither
//! empty nor full; a full one goes to the *depot*, which all threads share, and an empty one is
//! exchanged for a full one there. With two of them a worker that spawns and ends one task after
//! the other at the boundary does not go to the depot each time.
//!
//! After J. Bonwick and J. Adams, *Magazines and Vmem: Extending the Slab Allocator to Many CPUs
//! and Arbitrary Resources*, USENIX 2001.
//!
//! The blocks are the global allocator's: it makes each one, and gets back each that finds no room.
//! The depot keeps at most `DEPOT` bytes, gives back what was not needed for a second, and keeps
//! nothing while the process is idle. After a crowd it asks glibc to return the pages as well: that
//! allocator keeps the pages of what is freed below a block in use, and some block always is, so
//! that a server would keep the memory of its largest crowd. Threads that are no workers, and
//! blocks larger than `LARGEST`, use the global allocator alone.
//!
//! Under Miri, and with `--cfg vthread_unpooled`, every block is the global allocator's, so that
//! Miri and the sanitizers see what is used after its end.

#![allow(unsafe_code)] // An allocator.

use parking_lot::Mutex;
use std::alloc::{self, Layout};
use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Each block is aligned to this, and this much larger than those of the class below.
const STEP: usize = 16;
/// glibc puts a word before each block, and rounds the sum up to `STEP`: so that nothing is lost
/// the classes are multiples of `STEP` and a word.
const WORD: usize = 8;
/// The size of the largest blocks that are kept.
const LARGEST: usize = 1024 + WORD;
const N_CLASSES: usize = (LARGEST - WORD) / STEP;
/// The alignment of every block, whatever its type asks for.
pub(crate) const ALIGNMENT: usize = STEP;
/// The number of blocks that change hands together.
const MAGAZINE: u32 = 32;
/// How many bytes the depot keeps.
const DEPOT: usize = 64 << 20;
/// That many bytes that are given back at once were those of a crowd.
const CROWD: usize = 4 << 20;

/// A block that is not in use.
struct Free {
    /// The next one in its magazine.
    next: Option<NonNull<Free>>,
    /// Of the first block of a magazine in the depot: the next magazine.
    beside: Option<NonNull<Free>>,
}

/// Allocates memory for a `T`, which has a size.
#[inline]
pub(crate) fn allocate<T>() -> NonNull<T> {
    const { assert!(size_of::<T>() > 0) };
    let block = match const { Class::of::<T>() } {
        Some(class) => match current() {
            Some(magazines) => magazines.take(class),
            None => class.allocate(),
        },
        None => by_allocator(const { aligned::<T>() }),
    };
    block.cast()
}

/// Frees the memory of a `T`, which is not dropped.
///
/// # Safety
/// - `place` was allocated by `allocate::<T>`, and is not used any more.
#[inline]
pub(crate) unsafe fn free<T>(place: NonNull<T>) {
    match const { Class::of::<T>() } {
        // SAFETY: a block of this class, by the contract.
        Some(class) => unsafe {
            match current() {
                Some(magazines) => magazines.give(class, place.cast()),
                None => class.free(place.cast()),
            }
        },
        // SAFETY: allocated with this layout.
        None => unsafe { alloc::dealloc(place.as_ptr().cast(), const { aligned::<T>() }) },
    }
}

/// The layout of a block that is not kept.
const fn aligned<T>() -> Layout {
    match Layout::new::<T>().align_to(ALIGNMENT) {
        Ok(layout) => layout,
        Err(_) => panic!("a type is as large as the address space"),
    }
}

/// Gives the blocks in the depot back to the global allocator: all of them, or those that have not
/// been needed since the last call.
pub(crate) fn give_back(which: Surplus) {
    let mut n_bytes = 0;
    for (index, shelf) in SHELVES.iter().enumerate() {
        let class = Class(index);
        let n = match which {
            Surplus::All => u32::MAX,
            Surplus::Unneeded => shelf.begin_period(),
        };
        for _ in 0..n {
            let Some(magazine) = shelf.take(class) else {
                break;
            };
            // SAFETY: it was this class's in the depot.
            unsafe { class.free_all(magazine) };
            n_bytes += class.size() * MAGAZINE as usize;
        }
    }
    if n_bytes >= CROWD {
        return_pages();
    }
}

/// Returns the pages to the system on which there is no block in use.
fn return_pages() {
    #[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
    // SAFETY: it may be called at any time. Where glibc's is not the global allocator it has
    // nothing to do.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// See `give_back`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Surplus {
    All,
    Unneeded,
}

/// Keeps magazines for this thread while `code` runs.
pub(crate) fn with_magazines<R>(code: impl FnOnce() -> R) -> R {
    struct Leave<'a>(&'a Magazines);
    impl Drop for Leave<'_> {
        fn drop(&mut self) {
            CURRENT.set(ptr::null());
            self.0.empty();
        }
    }
    let magazines = Magazines([const { Pair::new() }; N_CLASSES]);
    debug_assert!(CURRENT.get().is_null());
    if cfg!(not(any(miri, vthread_unpooled))) {
        CURRENT.set(&magazines);
    }
    let _leave = Leave(&magazines);
    code()
}

thread_local! {
    static CURRENT: Cell<*const Magazines> = const { Cell::new(ptr::null()) };
}

#[inline]
fn current<'a>() -> Option<&'a Magazines> {
    // SAFETY: set by `with_magazines` to a value further out on this thread's stack; all callers
    // use it at once.
    unsafe { CURRENT.get().as_ref() }
}

#[cold]
fn by_allocator(layout: Layout) -> NonNull<u8> {
    debug_assert!(layout.size() > 0);
    // SAFETY: the layout has a size: that of a type that has one, or of a class.
    let block = unsafe { alloc::alloc(layout) };
    NonNull::new(block).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// The index of a size.
#[derive(Debug, Clone, Copy)]
struct Class(usize);

impl Class {
    /// The class of a type, if it is neither too large nor aligned in a special way.
    const fn of<T>() -> Option<Self> {
        let (size, align) = (size_of::<T>(), align_of::<T>());
        if size < size_of::<Free>() || size > LARGEST || align > STEP {
            return None;
        }
        Some(Class((size - WORD).div_ceil(STEP) - 1))
    }

    const fn size(self) -> usize {
        (self.0 + 1) * STEP + WORD
    }

    fn layout(self) -> Layout {
        Layout::from_size_align(self.size(), STEP).expect("a small power of two")
    }

    #[cold]
    fn allocate(self) -> NonNull<u8> {
        by_allocator(self.layout())
    }

    /// # Safety
    /// - The block is of this class, and not used any more.
    #[cold]
    unsafe fn free(self, block: NonNull<u8>) {
        // SAFETY: by the contract.
        unsafe { alloc::dealloc(block.as_ptr(), self.layout()) }
    }

    /// # Safety
    /// - As for `free`, for each block of the magazine.
    unsafe fn free_all(self, magazine: NonNull<Free>) {
        let mut next = Some(magazine);
        while let Some(block) = next {
            // SAFETY: a block that is not in use holds a `Free`, which is read before it goes.
            unsafe {
                next = block.as_ref().next;
                self.free(block.cast());
            }
        }
    }
}

/// A thread's blocks.
struct Magazines([Pair; N_CLASSES]);

/// A thread's blocks of one size.
struct Pair {
    /// The newest block of the magazine in use, and how many there are.
    loaded: Cell<Option<NonNull<Free>>>,
    n_loaded: Cell<u32>,
    /// A full magazine.
    full: Cell<Option<NonNull<Free>>>,
}

impl Pair {
    const fn new() -> Self {
        Pair {
            loaded: Cell::new(None),
            n_loaded: Cell::new(0),
            full: Cell::new(None),
        }
    }
}

impl Magazines {
    #[inline]
    fn take(&self, class: Class) -> NonNull<u8> {
        let pair = &self.0[class.0];
        match pair.loaded.get().or_else(|| pair.load(class)) {
            Some(block) => {
                // SAFETY: a block that is not in use holds a `Free`.
                pair.loaded.set(unsafe { block.as_ref() }.next);
                pair.n_loaded.set(pair.n_loaded.get() - 1);
                block.cast()
            }
            None => class.allocate(),
        }
    }

    /// # Safety
    /// - The block is of this class, and not used any more.
    #[inline]
    unsafe fn give(&self, class: Class, block: NonNull<u8>) {
        let pair = &self.0[class.0];
        if pair.n_loaded.get() == MAGAZINE {
            pair.unload(class);
        }
        let block = block.cast::<Free>();
        let (next, beside) = (pair.loaded.get(), None);
        // SAFETY: unused, large enough and aligned.
        unsafe { block.write(Free { next, beside }) };
        pair.loaded.set(Some(block));
        pair.n_loaded.set(pair.n_loaded.get() + 1);
    }

    fn empty(&self) {
        for (index, pair) in self.0.iter().enumerate() {
            for magazine in [pair.loaded.take(), pair.full.take()].into_iter().flatten() {
                // SAFETY: the blocks of this class that this thread has.
                unsafe { Class(index).free_all(magazine) };
            }
        }
    }
}

impl Pair {
    /// Gets a full magazine in place of the empty one.
    #[cold]
    fn load(&self, class: Class) -> Option<NonNull<Free>> {
        let full = self.full.take().or_else(|| SHELVES[class.0].take(class))?;
        self.loaded.set(Some(full));
        self.n_loaded.set(MAGAZINE);
        Some(full)
    }

    /// Puts the full magazine aside.
    #[cold]
    fn unload(&self, class: Class) {
        let before = self.full.replace(self.loaded.take());
        self.n_loaded.set(0);
        if let Some(magazine) = before
            && !SHELVES[class.0].put(class, magazine)
        {
            // SAFETY: this thread's blocks of this class.
            unsafe { class.free_all(magazine) };
        }
    }
}

/// The depot's magazines of one size.
struct Shelf(Mutex<Shelved>);

struct Shelved {
    first: Option<Magazine>,
    n: u32,
    /// The smallest `n` of this period: so many were not needed in it.
    n_unneeded: u32,
}

/// A full magazine in the depot.
struct Magazine(NonNull<Free>);
// SAFETY: blocks that are not in use belong to the holder of the magazine.
unsafe impl Send for Magazine {}

static SHELVES: [Shelf; N_CLASSES] = [const { Shelf::new() }; N_CLASSES];
/// How many bytes there are on all shelves.
static KEPT: AtomicUsize = AtomicUsize::new(0);

impl Shelf {
    const fn new() -> Self {
        Shelf(Mutex::new(Shelved {
            first: None,
            n: 0,
            n_unneeded: 0,
        }))
    }

    /// Returns how many were not needed in the period that ends.
    fn begin_period(&self) -> u32 {
        let mut shelved = self.0.lock();
        let n = shelved.n;
        std::mem::replace(&mut shelved.n_unneeded, n)
    }

    fn take(&self, class: Class) -> Option<NonNull<Free>> {
        let mut shelved = self.0.lock();
        let Magazine(magazine) = shelved.first.take()?;
        // SAFETY: a block that is not in use holds a `Free`.
        shelved.first = unsafe { magazine.as_ref() }.beside.map(Magazine);
        shelved.n -= 1;
        shelved.n_unneeded = shelved.n_unneeded.min(shelved.n);
        drop(shelved);
        KEPT.fetch_sub(class.size() * MAGAZINE as usize, Ordering::Relaxed);
        Some(magazine)
    }

    /// False if the depot is full.
    fn put(&self, class: Class, mut magazine: NonNull<Free>) -> bool {
        let size = class.size() * MAGAZINE as usize;
        if KEPT.fetch_add(size, Ordering::Relaxed) + size > DEPOT {
            KEPT.fetch_sub(size, Ordering::Relaxed);
            return false;
        }
        let mut shelved = self.0.lock();
        // SAFETY: as above; the magazine is the caller's.
        unsafe { magazine.as_mut() }.beside = shelved.first.take().map(|Magazine(first)| first);
        shelved.first = Some(Magazine(magazine));
        shelved.n += 1;
        true
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::HashSet;

    type Block = [usize; 24];

    /// Allocates `n` blocks, of which no two are the same, and writes to all of them.
    fn allocate_all(n: usize) -> Vec<NonNull<Block>> {
        let blocks: Vec<_> = (0..n).map(|_| allocate::<Block>()).collect();
        let different: HashSet<_> = blocks.iter().copied().collect();
        assert_eq!(different.len(), n);
        for (index, block) in blocks.iter().enumerate() {
            // SAFETY: allocated for this type.
            unsafe { block.write([index; 24]) };
        }
        blocks
    }

    fn free_all(blocks: Vec<NonNull<Block>>) {
        for (index, block) in blocks.into_iter().enumerate() {
            // SAFETY: allocated and written above, and used for the last time.
            unsafe {
                assert_eq!(block.read(), [index; 24]);
                free(block);
            }
        }
    }

    #[test]
    fn no_block_is_given_twice() {
        let many = if cfg!(miri) { 100 } else { 10_000 };
        with_magazines(|| {
            for n in [1, 31, 32, 33, 64, 65, 97, many] {
                let blocks = allocate_all(n);
                free_all(blocks);
            }
        });
        free_all(allocate_all(40));
        give_back(Surplus::All);
    }

    #[test]
    #[cfg(not(any(miri, vthread_unpooled)))]
    fn the_newest_is_used_first() {
        with_magazines(|| {
            let blocks = allocate_all(2);
            let [first, second] = blocks[..] else {
                unreachable!("two")
            };
            free_all(blocks);
            assert_eq!(allocate_all(2), [second, first]);
            // SAFETY: allocated anew.
            unsafe {
                free(first);
                free(second);
            }
        });
    }

    #[test]
    fn blocks_go_from_thread_to_thread() {
        struct Sent(Vec<NonNull<Block>>);
        // SAFETY: memory that no thread uses.
        unsafe impl Send for Sent {}
        let n = if cfg!(miri) { 70 } else { 3_000 };
        let (give, take) = std::sync::mpsc::channel::<Sent>();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                with_magazines(|| {
                    let give = give;
                    for _ in 0..20 {
                        give.send(Sent(allocate_all(n))).unwrap();
                    }
                });
            });
            scope.spawn(|| {
                with_magazines(|| {
                    for Sent(blocks) in take {
                        free_all(blocks);
                    }
                });
            });
        });
        give_back(Surplus::All);
    }

    #[test]
    #[cfg(not(any(miri, vthread_unpooled)))]
    fn what_was_not_needed_is_given_back() {
        let class = Class(N_CLASSES - 2);
        let shelf = Shelf::new();
        let put = || {
            let magazines = Magazines([const { Pair::new() }; N_CLASSES]);
            for _ in 0..MAGAZINE {
                // SAFETY: new.
                unsafe { magazines.give(class, class.allocate()) };
            }
            assert!(shelf.put(class, magazines.0[class.0].loaded.take().unwrap()));
        };
        let take = || {
            // SAFETY: it was on the shelf.
            unsafe { class.free_all(shelf.take(class).unwrap()) };
        };
        put();
        put();
        assert_eq!(shelf.begin_period(), 0, "they are new");
        take();
        put();
        assert_eq!(shelf.begin_period(), 1);
        assert_eq!(shelf.begin_period(), 2);
        take();
        take();
        assert_eq!(shelf.begin_period(), 0);
        assert!(shelf.take(class).is_none());
    }

    #[test]
    fn large_and_special_ones_are_the_allocators() {
        #[repr(align(64))]
        struct Special(#[allow(dead_code)] [u8; 64]);
        assert!(Class::of::<Special>().is_none());
        assert!(Class::of::<[u8; LARGEST + 1]>().is_none());
        assert!(Class::of::<u8>().is_none());
        let class = Class::of::<[u8; LARGEST]>().unwrap();
        assert_eq!((class.0, class.size()), (N_CLASSES - 1, LARGEST));
        let block = allocate::<Special>();
        // SAFETY: as above.
        unsafe {
            block.write(Special([1; 64]));
            free(block);
        }
    }
}
