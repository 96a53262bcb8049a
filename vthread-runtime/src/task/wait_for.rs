//! The wait-for graph, as far as it is certain: the input of deadlock detection.
//!
//! A lock has a [`LockOwner`], which names the vthread that took it, if it is known. A vthread that
//! waits for a lock, and for nothing else at the same time, has a [`LockWait`] in the frame of the
//! operation: it is linked under the lock of the vthread's list of scopes, and unlinked under it
//! before the wait ends. So a reader that holds that lock and finds one may follow it to the lock
//! that is waited for, which the waiter borrows.
//!
//! # Protocol of lock owners
//! The taker sets `LockOwner` after it has the lock, and clears it before it releases it. So a
//! reader that finds a stamp there has found a vthread that had the lock. If that vthread is seen
//! to wait, and the stamp is still there afterwards, it has the lock while it waits: it has cleared
//! the stamps of the locks that it released before its wait began, and the reader has seen that
//! wait.
//!
//! # Protocol of the watchdog
//! `is_watched` is cleared before all waits are read, under the very locks under which waits are
//! linked. A waiter that has linked its wait reads the flag under the same lock: either its wait
//! was seen, or it finds the flag cleared, and calls the watchdog. If several waiters find that,
//! one calls; the others leave it to that one (`loom_watch_no_wait_is_overlooked`).
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
use std::task::{Context, Poll};

/// The location of a call.
pub(crate) type Site = &'static Location<'static>;

/// The vthread that has taken a lock, and the location. A field of the lock.
#[derive(Debug)]
pub(crate) struct LockOwner {
    by: AtomicU64,
    at: AtomicPtr<Location<'static>>,
}

impl LockOwner {
    const_unless_modelled! {
        /// No vthread has taken the lock.
        pub(crate) const fn unowned() -> Self {
            LockOwner { by: AtomicU64::new(0), at: AtomicPtr::new(ptr::null_mut()) }
        }
    }

    /// The caller has taken the lock.
    #[inline]
    pub(crate) fn set(&self, by: Stamp, at: Site) {
        if by != Stamp::NONE {
            self.at
                .store(ptr::from_ref(at).cast_mut(), Ordering::Relaxed);
            self.by.store(by.0, Ordering::Release);
        }
    }

    /// The caller, which has the lock, is about to release it, with an ordering of `Release` at
    /// least.
    #[inline]
    pub(crate) fn clear(&self) {
        // A store: only the holder of the lock writes here, and others read.
        self.by.store(0, Ordering::Relaxed);
    }

    /// The vthread that has the lock, if it is known.
    pub(crate) fn by(&self) -> Stamp {
        Stamp(self.by.load(Ordering::Acquire))
    }

    /// The location where it was taken last.
    pub(crate) fn at(&self) -> Option<Site> {
        // SAFETY: null, or made from a `'static` reference.
        unsafe { self.at.load(Ordering::Relaxed).as_ref() }
    }
}

/// The stamp of the vthread that is polled with `cx`, for a lock that it takes.
#[inline]
pub(crate) fn stamp(cx: &Context<'_>) -> Stamp {
    current::with(|running| match running {
        Some(running) if running.is_own(cx) => running.vthread().escape.stamp(),
        _ => Stamp::NONE,
    })
}

/// A checkpoint of an operation that takes a lock: returns the stamp as well.
#[inline]
pub(crate) fn checkpoint_stamped(cx: &mut Context<'_>) -> Poll<Stamp> {
    let stamp = current::checkpoint_with(cx, |running| running.vthread().escape.stamp());
    stamp.map(|stamp| stamp.unwrap_or(Stamp::NONE))
}

/// The stamp of the vthread in whose poll this is called, for a lock that is taken without waiting.
#[inline]
pub(crate) fn stamp_of_plain_code() -> Stamp {
    current::with(|running| match running {
        Some(running) => running.vthread().escape.stamp(),
        None => Stamp::NONE,
    })
}

/// The running vthread gives a `T` away: from now on another may have it, with the guards in it.
#[inline]
pub(crate) fn leak<T>() {
    if std::mem::needs_drop::<T>() {
        current::with(|running| {
            if let Some(running) = running {
                running.vthread().leak();
            }
        });
    }
}

/// A wait for a lock, in the frame of the operation.
#[derive(Debug)]
pub(crate) struct LockWait {
    /// The location of the operation's call.
    site: Site,
    /// The vthread whose frame holds this wait.
    vthread: Cell<*const Vthread>,
    taken: Cell<*const LockOwner>,
    /// The scopes that are open around it: see `Open`. Under the lock.
    pub(super) below: Cell<*const Scope>,
    /// Assigned by the first observer. Under the lock.
    number: Cell<u64>,
    _pinned: PhantomPinned,
}

// SAFETY: it is linked only while it is pinned in a frame that its vthread polls; other threads
// read it under the lock.
unsafe impl Send for LockWait {}
// SAFETY: its methods are called only by the frame that it is in, and by the holder of the lock of
// the list.
unsafe impl Sync for LockWait {}

impl LockWait {
    /// A wait that has not begun.
    #[inline]
    pub(crate) const fn new(site: Site) -> Self {
        LockWait {
            site,
            vthread: Cell::new(ptr::null()),
            taken: Cell::new(ptr::null()),
            below: Cell::new(ptr::null()),
            number: Cell::new(0),
            _pinned: PhantomPinned,
        }
    }

    /// The wait goes on, for the lock of `taken`, which the operation borrows.
    pub(crate) fn go_on(self: Pin<&Self>, taken: &LockOwner, cx: &Context<'_>) {
        current::with(|running| {
            let Some(running) = running.filter(|running| running.is_own(cx)) else {
                return;
            };
            running.set_wait_reason(WaitReason::Locking);
            if !self.vthread.get().is_null() || !is_alone(running) {
                return;
            }
            let vthread = running.vthread();
            if !self.link(taken, vthread) {
                crate::runtime::watch();
            }
        });
    }

    /// Links it to the vthread whose frame it is in. Returns whether the watchdog will look.
    pub(crate) fn link(self: Pin<&Self>, taken: &LockOwner, vthread: &Vthread) -> bool {
        self.taken.set(taken);
        self.number.set(0);
        self.vthread.set(vthread);
        let mut open = vthread.open();
        open.begin_wait(self);
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
            vthread.open().end_wait(self);
        }
    }

    /// A copy for the observer. Under the lock of the list in which it was found.
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

/// A wait for a lock, as another thread has seen it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeenWait {
    /// The number of the wait.
    pub(crate) number: u64,
    /// The location of the operation's call.
    pub(crate) site: Site,
    /// The vthread that has the lock, if it is known.
    pub(crate) taken_by: Stamp,
    /// The location where the lock was taken.
    pub(crate) taken_at: Option<Site>,
}

/// The number in `cell`, assigned if there is none. Under a lock.
pub(crate) fn number(cell: &Cell<u64>) -> u64 {
    if cell.get() == 0 {
        cell.set(unique::next());
    }
    cell.get()
}

/// Whether the vthread waits for nothing else: it is polled beside nothing else, and no time limit
/// that it has set for itself will end the wait.
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

/// Whether the watchdog will look at all waits that are linked by now.
#[inline]
pub(crate) fn is_watched() -> bool {
    IS_WATCHED.load(Ordering::Relaxed)
}

/// Sets that, and returns the value before.
pub(crate) fn set_watched(is_watched: bool) -> bool {
    IS_WATCHED.swap(is_watched, Ordering::AcqRel)
}

#[cfg(all(test, loom))]
#[path = "wait_for_loom.rs"]
mod model;
