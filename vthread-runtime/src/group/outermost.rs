//! Blocking calls that nothing encloses: those made by plain threads outside of every vthread.
//!
//! Nobody can cancel them but the end of the process (`shutdown.rs`), which has to find them. So each thread that
//! makes such calls has one `Thread` in a list, with a phase:
//!
//! ```text
//!        enter            mark: the shutdown, under the lock
//!  IDLE -------> CALLING ------------------------------------> MARKED
//!    ^ <---------'  leave                                        |
//!    '-----------------------------------------------------------'
//!                    leave, which takes the lock first
//! ```
//! A call that is not marked pays for a store and one exchange. Whoever marks holds the lock, and the call
//! cannot end meanwhile: so its root is there as long as it is touched.

#![allow(unsafe_code)] // The root by address.

use super::block_on::Root;
use super::cancel::Walk;
use crate::task::reason::CancelReason;
use parking_lot::Mutex;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};
use std::sync::{Arc, Weak};

const IDLE: u8 = 0;
const CALLING: u8 = 1;
const MARKED: u8 = 2;

/// A thread that makes blocking calls of its own.
struct Thread {
    phase: AtomicU8,
    /// The root of its outermost call; valid unless it is idle.
    root: AtomicPtr<Root>,
    lock: Mutex<()>,
}

/// The threads of the process, the ended ones too until somebody looks.
static THREADS: Mutex<Vec<Weak<Thread>>> = Mutex::new(Vec::new());

thread_local! {
    static THREAD: Arc<Thread> = register();
    static IS_HELPER: Cell<bool> = const { Cell::new(false) };
}

fn register() -> Arc<Thread> {
    let thread = Arc::new(Thread {
        phase: AtomicU8::new(IDLE),
        root: AtomicPtr::new(ptr::null_mut()),
        lock: Mutex::new(()),
    });
    let mut threads = THREADS.lock();
    if threads.len() == threads.capacity() {
        threads.retain(|thread| thread.strong_count() > 0);
    }
    threads.push(Arc::downgrade(&thread));
    thread
}

/// This thread is a helper of the runtime: its calls belong to whoever waits for it, and end with that.
pub(crate) fn is_helper() {
    IS_HELPER.set(true);
}

/// While it lives, the end of the process cancels the call.
pub(super) struct Outermost {
    /// The thread's own, which outlives its stack.
    thread: *const Thread,
}

impl Outermost {
    /// For the call of `root`, which nothing encloses. `None` on helper threads, and while a thread's local
    /// values are dropped: there the call completes.
    pub(super) fn enter(root: &Arc<Root>) -> Option<Self> {
        if IS_HELPER.get() {
            return None;
        }
        THREAD
            .try_with(|thread| {
                let root = Arc::as_ptr(root).cast_mut();
                thread.root.store(root, Ordering::Relaxed);
                thread.phase.store(CALLING, Ordering::Release);
                Outermost {
                    thread: Arc::as_ptr(thread),
                }
            })
            .ok()
    }
}

impl Drop for Outermost {
    fn drop(&mut self) {
        // SAFETY: a thread's local values go one after another when nothing else is left on its stack: this one is
        // there as long as a call that has found it.
        let thread = unsafe { &*self.thread };
        let phase = &thread.phase;
        if phase
            .compare_exchange(CALLING, IDLE, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            // Whoever marks has let go of the root when this lock is ours.
            let guard = thread.lock.lock();
            phase.store(IDLE, Ordering::Release);
            drop(guard);
            super::shutdown::call_ended();
        }
    }
}

/// Marks the outermost calls of all threads, and says how many there are. Each that is counted tells
/// `call_ended`.
pub(super) fn mark_all(walk: &mut Walk) -> usize {
    let threads: Vec<_> = THREADS.lock().iter().filter_map(Weak::upgrade).collect();
    threads.iter().filter(|thread| thread.mark(walk)).count()
}

impl Thread {
    fn mark(&self, walk: &mut Walk) -> bool {
        let _guard = self.lock.lock();
        let is_calling = self
            .phase
            .compare_exchange(CALLING, MARKED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if is_calling {
            let root = self.root.load(Ordering::Relaxed);
            // SAFETY: the call has an `Arc` of it, and cannot end while we hold the lock.
            let root = unsafe {
                Arc::increment_strong_count(root);
                Arc::from_raw(root)
            };
            walk.mark_root(root, &CancelReason::Shutdown);
        }
        is_calling
    }
}
