//! The vthread that waits for work on a helper thread, as the work sees it.

use parking_lot::Mutex;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The waiter for a piece of work.
pub(super) trait Caller: Send + Sync {
    /// Whether it is cancelled.
    fn is_gone(&self) -> bool;
}

thread_local! {
    static CALLER: RefCell<Option<Arc<dyn Caller>>> = const { RefCell::new(None) };
}

/// Does `work`, which may ask for `caller`.
pub(super) fn on_behalf_of<R>(caller: Arc<dyn Caller>, work: impl FnOnce() -> R) -> R {
    /// Restores the one before, also if the work unwinds.
    struct Restore(Option<Arc<dyn Caller>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let before = self.0.take();
            let _done = CALLER.with(|current| current.replace(before));
        }
    }

    let restore = Restore(CALLER.with(|current| current.replace(Some(caller))));
    let result = work();
    drop(restore);
    result
}

/// Whether the work of this thread has lost its waiter.
pub(crate) fn caller_is_gone() -> bool {
    let is_gone = |caller: &RefCell<Option<Arc<dyn Caller>>>| {
        let caller = caller.borrow();
        caller.as_ref().is_some_and(|caller| caller.is_gone())
    };
    CALLER.try_with(is_gone).unwrap_or(false)
}

/// Work whose end a cancelled vthread waits for.
impl Caller for AtomicBool {
    fn is_gone(&self) -> bool {
        self.load(Ordering::Relaxed)
    }
}

/// Work that a cancelled vthread abandons.
impl<S: Leaves + Send> Caller for Mutex<S> {
    fn is_gone(&self) -> bool {
        self.lock().has_left()
    }
}

/// A state that tells whether the waiter has left.
pub(super) trait Leaves {
    fn has_left(&self) -> bool;
}
