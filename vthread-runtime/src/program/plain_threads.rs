//! Outermost blocking calls: those made by plain threads outside of every vthread.
//!
//! Only the end of the process (`shutdown.rs`) can cancel them, and has to find them. So each
//! thread that makes such calls has one `Thread` in a list, with a phase:
//!
//! ```text
//!        enter            mark: the shutdown, under the lock
//!  IDLE -------> CALLING ------------------------------------> MARKED
//!    ^ <---------'  leave                                        |
//!    '-----------------------------------------------------------'
//!                    leave, which takes the lock first
//! ```
//! A call that is not marked pays for a store and one exchange. The shutdown holds the lock while
//! it marks, and the call cannot end meanwhile: so its root is there as long as it is touched
//! (`loom_plain_thread_a_call_does_not_end_while_it_is_marked`).

#![allow(unsafe_code)] // The root by address.

use crate::base::arc::retain;
use crate::cancel::reason::CancelReason;
use crate::group::cancel::Walk;
use crate::primitive::{AtomicPtr, AtomicU8, Mutex, Ordering};
use crate::task::root::Root;
use std::cell::Cell;
use std::ptr;
use std::sync::{Arc, Weak};

const IDLE: u8 = 0;
const CALLING: u8 = 1;
const MARKED: u8 = 2;

/// A thread that makes blocking calls of its own.
struct Thread<R = Root> {
    phase: AtomicU8,
    /// The root of its outermost call; valid unless it is idle.
    root: AtomicPtr<R>,
    lock: Mutex<()>,
}

/// The threads of the process; those that have ended are removed at the next walk.
static THREADS: parking_lot::Mutex<Vec<Weak<Thread>>> = parking_lot::Mutex::new(Vec::new());

thread_local! {
    static THREAD: Arc<Thread> = register();
    static IS_HELPER: Cell<bool> = const { Cell::new(false) };
}

fn register() -> Arc<Thread> {
    let thread = Arc::new(Thread::new());
    let mut threads = THREADS.lock();
    if threads.len() == threads.capacity() {
        threads.retain(|thread| thread.strong_count() > 0);
    }
    threads.push(Arc::downgrade(&thread));
    thread
}

/// Marks this thread as a helper of the runtime: its calls belong to the waiter for its result, and
/// end with that.
pub(crate) fn is_helper() {
    IS_HELPER.set(true);
}

/// While it lives, the end of the process cancels the call.
pub(crate) struct PlainCall {
    /// The thread's own, which outlives its stack.
    thread: *const Thread,
}

impl PlainCall {
    /// For the outermost call of `root`. `None` on helper threads, and while a thread's local
    /// values are dropped: there the call completes.
    pub(crate) fn enter(root: &Arc<Root>) -> Option<Self> {
        if IS_HELPER.get() {
            return None;
        }
        THREAD
            .try_with(|thread| {
                thread.enter(Arc::as_ptr(root).cast_mut());
                PlainCall {
                    thread: Arc::as_ptr(thread),
                }
            })
            .ok()
    }
}

impl Drop for PlainCall {
    fn drop(&mut self) {
        // SAFETY: a thread's local values are dropped one after another when nothing else is left
        // on its stack: this one is there as long as a call that has found it.
        let thread = unsafe { &*self.thread };
        if thread.leave() {
            super::shutdown::call_ended();
        }
    }
}

/// Marks the outermost calls of all threads, and returns their number. Each that is counted calls
/// `call_ended` at its end.
pub(crate) fn mark_all(walk: &mut Walk) -> usize {
    let threads: Vec<_> = THREADS.lock().iter().filter_map(Weak::upgrade).collect();
    let mut mark = |thread: &Thread| {
        thread.mark(|root| {
            // SAFETY: the call has an `Arc` of it, and does not end meanwhile.
            let root = unsafe { retain(root) };
            walk.mark_root(root, &CancelReason::Shutdown);
        })
    };
    threads.iter().filter(|thread| mark(thread)).count()
}

impl<R> Thread<R> {
    fn new() -> Self {
        Thread {
            phase: AtomicU8::new(IDLE),
            root: AtomicPtr::new(ptr::null_mut()),
            lock: Mutex::new(()),
        }
    }

    /// A call begins. Its root is there until `leave`.
    fn enter(&self, root: *mut R) {
        self.root.store(root, Ordering::Relaxed);
        self.phase.store(CALLING, Ordering::Release);
    }

    /// The call ends. Returns whether it was marked.
    fn leave(&self) -> bool {
        let is_marked = self
            .phase
            .compare_exchange(CALLING, IDLE, Ordering::AcqRel, Ordering::Acquire)
            .is_err();
        if is_marked {
            // The shutdown is done with the root when this lock is ours.
            let _guard = self.lock.lock();
            // A store: a marked phase changes here only, and a mark is set under the lock, which is
            // ours.
            self.phase.store(IDLE, Ordering::Release);
        }
        is_marked
    }

    /// Calls `visit` with the root of the call, which does not end meanwhile. Returns whether there
    /// is a call.
    fn mark(&self, visit: impl FnOnce(*const R)) -> bool {
        let _guard = self.lock.lock();
        let is_calling = self
            .phase
            .compare_exchange(CALLING, MARKED, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if is_calling {
            visit(self.root.load(Ordering::Relaxed));
        }
        is_calling
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::thread;
    use loom::cell::UnsafeCell;

    /// Whether the call that it belongs to is made.
    type IsMade = UnsafeCell<bool>;

    /// A thread makes two calls during a shutdown: the call that is found is being made, no other
    /// thread has its root meanwhile, and the end of one that was counted is reported.
    #[test]
    fn loom_plain_thread_a_call_does_not_end_while_it_is_marked() {
        loom::model(|| {
            let calls = Arc::new([(); 2].map(|()| IsMade::new(false)));
            let thread = Arc::new(Thread::<IsMade>::new());
            let caller = {
                let (calls, thread) = (calls.clone(), thread.clone());
                thread::spawn(move || {
                    let mut n_told = 0;
                    for call in calls.iter() {
                        // SAFETY: loom checks that no other thread has it.
                        call.with_mut(|is_made| unsafe { *is_made = true });
                        thread.enter(ptr::from_ref(call).cast_mut());
                        n_told += usize::from(thread.leave());
                        // SAFETY: as above.
                        call.with_mut(|is_made| unsafe { *is_made = false });
                    }
                    n_told
                })
            };
            let is_marked = thread.mark(|call| {
                // SAFETY: one of `calls`, and loom checks that no other thread changes it.
                let is_made = unsafe { (*call).with(|is_made| *is_made) };
                assert!(is_made, "the call that is marked has ended");
            });
            assert_eq!(caller.join().unwrap(), usize::from(is_marked));
        });
    }
}
