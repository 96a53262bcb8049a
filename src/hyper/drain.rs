//! The beginning of a server's end.

use crate::sync::{Arc, OnceLock};
use vthread_macros::vthread;

/// Whether it has begun. All that wait for it are told.
#[derive(Clone, Debug)]
pub(super) struct Drain(Arc<OnceLock<()>>);

impl Drain {
    pub(super) fn new() -> Self {
        Drain(Arc::new(OnceLock::new()))
    }

    pub(super) fn begin(&self) {
        let _ = self.0.set(());
    }

    pub(super) fn has_begun(&self) -> bool {
        self.0.get().is_some()
    }

    /// It begins when the value is dropped.
    pub(super) fn begins_with(&self) -> Beginning<'_> {
        Beginning(self)
    }
}

#[vthread]
impl Drain {
    /// Waits until it has begun.
    pub(super) fn begun(&self) {
        self.0.wait();
    }
}

/// See [`Drain::begins_with`].
#[derive(Debug)]
pub(super) struct Beginning<'d>(&'d Drain);

impl Drop for Beginning<'_> {
    fn drop(&mut self) {
        self.0.begin();
    }
}
