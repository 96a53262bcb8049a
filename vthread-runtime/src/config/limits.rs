//! The bounds on OS threads, and their names.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The name before the dash.
const NAME: &str = "vthread";

static MAX_THREADS: AtomicUsize = AtomicUsize::new(1024);
static HELPER_THREADS: AtomicUsize = AtomicUsize::new(512);
static KEEP_ALIVE_MS: AtomicU64 = AtomicU64::new(10_000);
static THREAD_NAME: Mutex<Option<String>> = Mutex::new(None);

/// The settings of threads.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub(super) max_threads: Option<NonZeroUsize>,
    pub(super) helper_threads: Option<NonZeroUsize>,
    pub(super) helper_keep_alive: Option<Duration>,
    pub(super) thread_name: Option<String>,
}

impl Limits {
    /// Nothing is set.
    pub(super) const UNSAID: Limits = Limits {
        max_threads: None,
        helper_threads: None,
        helper_keep_alive: None,
        thread_name: None,
    };

    /// Puts them into effect.
    pub(super) fn install(self) {
        if let Some(most) = self.max_threads {
            MAX_THREADS.store(most.get(), Ordering::Relaxed);
        }
        if let Some(most) = self.helper_threads {
            HELPER_THREADS.store(most.get(), Ordering::Relaxed);
        }
        if let Some(time) = self.helper_keep_alive {
            let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            KEEP_ALIVE_MS.store(millis, Ordering::Relaxed);
        }
        if let Some(name) = self.thread_name {
            *THREAD_NAME.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
        }
    }
}

/// Notes the number of workers; the bound is at least a thread for each.
pub(super) fn there_are_workers(n: usize) {
    MAX_THREADS.fetch_max(n, Ordering::Relaxed);
}

/// How many OS threads there may be.
pub(crate) fn max_threads() -> usize {
    MAX_THREADS.load(Ordering::Relaxed)
}

/// How many helpers may work at a time.
pub(crate) fn helper_threads() -> usize {
    HELPER_THREADS.load(Ordering::Relaxed)
}

/// How long a helper without work waits before it ends.
pub(crate) fn helper_keep_alive() -> Duration {
    Duration::from_millis(KEEP_ALIVE_MS.load(Ordering::Relaxed))
}

/// The name of a thread that does `what`.
pub(crate) fn thread_name(what: &str) -> String {
    let name = THREAD_NAME.lock().unwrap_or_else(PoisonError::into_inner);
    format!("{}-{what}", name.as_deref().unwrap_or(NAME))
}
