//! A number that identifies a vthread.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies a vthread among all that this process has had or will have.
///
/// Numbers are assigned when they are first asked for, so they do not tell the order in which
/// vthreads were spawned.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskId(NonZeroU64);

impl TaskId {
    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskId({})", self.0)
    }
}

/// The place for an id: empty until it is asked for, so that a spawn does not touch a counter that
/// all threads share.
#[derive(Debug, Default)]
pub(crate) struct LazyId(AtomicU64);

impl LazyId {
    pub(crate) fn get(&self) -> TaskId {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NonZeroU64::new(self.0.load(Ordering::Relaxed));
        TaskId(id.unwrap_or_else(|| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            // Two threads may ask at once: the first one's number stays, the other's is not used.
            let seen = self
                .0
                .compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed);
            let id = seen.map_or_else(|seen| seen, |_| next);
            NonZeroU64::new(id).expect("numbers begin with one")
        }))
    }
}
