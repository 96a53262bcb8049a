//! Who waits for whom, as far as it is certain: what the report of deadlocks reads.
//!
//! A lock has a [`LockOwner`], which says who took it, if that is known. Who waits for a lock, and for nothing else at the
//! same time, lends its vthread a [`LockWait`] in the frame of the operation: it is linked under the lock of the vthread's list
//! of scopes, and unlinked under it before the wait ends. So whoever holds that lock and finds one may follow it to
//! the lock that is waited for, which its waiter borrows.
//!
//! # Protocol of a taking
//! The taker sets `LockOwner` after it has the lock, and clears it before it releases it. So who finds a stamp there has found
//! one who had the lock. If that vthread is seen to wait, and the stamp is still there afterwards, it has the lock
//! while it waits: it has cleared what it took before its wait began, and the reader has seen that wait.
//!
//! # Protocol of the watch
//! `is_watched` is cleared before all waits are looked at, under the very locks under which they are written down.
//! One who has written down a wait reads it under the same lock: either its wait was seen, or it finds
//! that nobody watches, and calls. Of several who find that, one calls; the others leave it to that one
//! (`loom_watch_no_wait_is_overlooked`).
#![allow(unsafe_code)] // Waits live in frames; their vthread reaches them by pointer.

use super::current;
use super::guard_escape::Stamp;
use super::vthread::Vthread;
use super::wait_reason::WaitReason;
use crate::base::unique;
use crate::cancel::scope::{Kind, Scope};
use crate::primitive::{AtomicBool, AtomicU64, Ordering, const_unless_modelled, process_wide};
use std::cell::Cell;
use std::marker::PhantomPinned;
use std::panic::Location;
use std::pin::Pin;
use std::ptr;
use std::sync::atomic::AtomicPtr;
use std::task::Context;

/// Where something was called.
pub(crate) type Site = &'static Location<'static>;

/// Who has taken a lock, and where. It stands in the lock.
#[derive(Debug)]
pub(crate) struct LockOwner {
    by: AtomicU64,
    at: AtomicPtr<Location<'static>>,
}

impl LockOwner {
    const_unless_modelled! {
        /// Nobody has.
        pub(crate) const fn by_nobody() -> Self {
            LockOwner { by: AtomicU64::new(0), at: AtomicPtr::new(ptr::null_mut()) }
        }
    }

    /// The caller has taken the lock.
    #[inline]
    pub(crate) fn set(&self, by: Stamp, at: Site) {
        if by != Stamp::NOBODY {
            self.at
                .store(ptr::from_ref(at).cast_mut(), Ordering::Relaxed);
            self.by.store(by.0, Ordering::Release);
        }
    }

    /// The caller, who has the lock, is about to release it, with an ordering of `Release` at least.
    #[inline]
    pub(crate) fn clear(&self) {
        // A store: who writes here has the lock, and others only read.
        self.by.store(0, Ordering::Relaxed);
    }

    /// Who has the lock, if that is known.
    pub(crate) fn by(&self) -> Stamp {
        Stamp(self.by.load(Ordering::Acquire))
    }

    /// Where it was taken last.
    pub(crate) fn at(&self) -> Option<Site> {
        // SAFETY: null, or made from a reference that lives for ever.
        unsafe { self.at.load(Ordering::Relaxed).as_ref() }
    }
}

/// The stamp of the vthread that is polled with `cx`, for a lock that it takes.
#[inline]
pub(crate) fn stamp(cx: &Context<'_>) -> Stamp {
    current::with(|running| match running {
        // SAFETY: the vthread of the current poll.
        Some(running) if running.is_own(cx) => unsafe { &*running.vthread }.escape.stamp(),
        _ => Stamp::NOBODY,
    })
}

/// The stamp of the vthread in whose poll this is called, for a lock that is taken without waiting.
#[inline]
pub(crate) fn stamp_of_plain_code() -> Stamp {
    current::with(|running| match running {
        // SAFETY: the vthread of the current poll.
        Some(running) => unsafe { &*running.vthread }.escape.stamp(),
        None => Stamp::NOBODY,
    })
}

/// The vthread that runs here gives a `T` away: another may have it, and what is in it, from now on.
#[inline]
pub(crate) fn leak<T>() {
    if std::mem::needs_drop::<T>() {
        current::with(|running| {
            if let Some(running) = running {
                // SAFETY: the vthread of the current poll.
                unsafe { &*running.vthread }.escape.leak();
            }
        });
    }
}

/// A wait for a lock, in the frame of the operation.
#[derive(Debug)]
pub(crate) struct LockWait {
    /// Where the operation was called.
    site: Site,
    /// Whom it is linked to.
    vthread: Cell<*const Vthread>,
    taken: Cell<*const LockOwner>,
    /// Given by who looks at it first. Under the lock.
    number: Cell<u64>,
    _pinned: PhantomPinned,
}

// SAFETY: it is linked only while it is pinned in a frame that its vthread polls; what others read is under the lock.
unsafe impl Send for LockWait {}
// SAFETY: only the frame that it is in calls its methods, and whoever holds the lock of the list.
unsafe impl Sync for LockWait {}

impl LockWait {
    /// A wait that has not begun.
    #[inline]
    pub(crate) const fn new(site: Site) -> Self {
        LockWait {
            site,
            vthread: Cell::new(ptr::null()),
            taken: Cell::new(ptr::null()),
            number: Cell::new(0),
            _pinned: PhantomPinned,
        }
    }

    /// Where the operation was called.
    pub(crate) fn site(&self) -> Site {
        self.site
    }

    /// The wait goes on, for a lock that `taken` belongs to and that the operation borrows.
    pub(crate) fn go_on(self: Pin<&Self>, taken: &LockOwner, cx: &Context<'_>) {
        current::with(|running| {
            let Some(running) = running.filter(|running| running.is_own(cx)) else {
                return;
            };
            running.set_doing(WaitReason::Locking);
            if !self.vthread.get().is_null() || !is_alone(running) {
                return;
            }
            // SAFETY: the vthread of the current poll.
            let vthread = unsafe { &*running.vthread };
            if !self.link(taken, vthread) {
                crate::runtime::watch();
            }
        });
    }

    /// Links it to the vthread whose frame it is in. Whether somebody watches.
    pub(crate) fn link(self: Pin<&Self>, taken: &LockOwner, vthread: &Vthread) -> bool {
        self.taken.set(taken);
        self.number.set(0);
        self.vthread.set(vthread);
        let mut open = vthread.open();
        open.waiting = self.get_ref();
        is_watched()
    }

    /// The wait is over.
    #[inline]
    pub(crate) fn end(&self) {
        if !self.vthread.get().is_null() {
            self.unlink();
        }
    }

    fn unlink(&self) {
        let vthread = self.vthread.replace(ptr::null());
        // SAFETY: the frame that this is in is that vthread's, which lives while its frame does.
        if let Some(vthread) = unsafe { vthread.as_ref() } {
            vthread.open().waiting = ptr::null();
        }
    }

    /// What can be seen of it. Under the lock of the list in which it was found.
    pub(crate) fn see(&self) -> SeenWait {
        // SAFETY: linked, so the operation still waits, and borrows the lock.
        let taken = unsafe { &*self.taken.get() };
        SeenWait {
            number: number(&self.number),
            site: self.site,
            taken_by: taken.by(),
            taken_at: taken.at(),
        }
    }
}

impl Drop for LockWait {
    #[inline]
    fn drop(&mut self) {
        self.end();
    }
}

/// A wait for a lock, as somebody else has seen it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenWait {
    /// Which wait.
    pub(crate) number: u64,
    /// Where the operation was called.
    pub(crate) site: Site,
    /// Who has the lock, if that is known.
    pub(crate) taken_by: Stamp,
    /// Where that one has taken it.
    pub(crate) taken_at: Option<Site>,
}

/// The number in `cell`, which gets one if it has none. Under a lock.
pub(crate) fn number(cell: &Cell<u64>) -> u64 {
    if cell.get() == 0 {
        cell.set(unique::next());
    }
    cell.get()
}

/// Whether what the vthread waits for now is all that it waits for: it is polled beside nothing else, and no
/// time limit that the vthread has set for itself will end it.
pub(crate) fn is_alone(running: &current::Running) -> bool {
    // SAFETY: the innermost scope of the current poll and all above it are open.
    !running.nests() && !running.is_in_foreign() && unsafe { is_unlimited(running.scope()) }
}

/// Whether no scope from `scope` up is marked, or is one that ends by itself.
///
/// # Safety
/// - `scope` and all above it are alive.
pub(crate) unsafe fn is_unlimited(mut scope: *const Scope) -> bool {
    // SAFETY: by the contract.
    while let Some(node) = unsafe { scope.as_ref() } {
        if matches!(node.kind, Kind::Timeout | Kind::Branch) || node.has_own_mark() {
            return false;
        }
        scope = node.parent();
    }
    true
}

process_wide! {
    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
}

/// Whether somebody will look at all waits that have been written down by now.
#[inline]
pub(crate) fn is_watched() -> bool {
    IS_WATCHED.load(Ordering::Relaxed)
}

/// Says that somebody will, or will not. What was said before.
pub(crate) fn set_watched(is_watched: bool) -> bool {
    IS_WATCHED.swap(is_watched, Ordering::AcqRel)
}

#[cfg(all(test, loom))]
#[path = "wait_for_loom.rs"]
mod model;
