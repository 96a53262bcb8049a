//! The drop log: counted objects, to show which are alive and in which order the others were
//! dropped.

use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, Ordering};

/// Counts live objects and keeps a trace. Each test has its own.
#[derive(Debug, Default)]
pub(crate) struct DropLog {
    alive: AtomicIsize,
    trace: Mutex<Vec<String>>,
}

impl DropLog {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An object whose drop is recorded under `name`.
    pub(crate) fn object(&self, name: impl Into<String>) -> Object<'_> {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Object {
            drop_log: self,
            name: name.into(),
        }
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        self.trace.lock().unwrap().push(what.into());
    }

    pub(crate) fn alive(&self) -> isize {
        self.alive.load(Ordering::SeqCst)
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap().clone()
    }

    /// The position of `what` in the trace.
    #[track_caller]
    pub(crate) fn at(&self, what: &str) -> usize {
        let trace = self.trace();
        trace
            .iter()
            .position(|line| line == what)
            .unwrap_or_else(|| panic!("no {what:?} in {trace:?}"))
    }

    /// No object is left, and the objects with these names were dropped before `then` was noted.
    #[track_caller]
    pub(crate) fn all_before(&self, names: &[&str], then: &str) {
        assert_eq!(self.alive(), 0, "objects leak: {:?}", self.trace());
        let end = self.at(then);
        for name in names {
            assert!(
                self.at(name) < end,
                "{name} after {then}: {:?}",
                self.trace()
            );
        }
    }
}

#[derive(Debug)]
pub(crate) struct Object<'a> {
    drop_log: &'a DropLog,
    pub(crate) name: String,
}

impl Drop for Object<'_> {
    fn drop(&mut self) {
        self.drop_log.note(self.name.clone());
        self.drop_log.alive.fetch_sub(1, Ordering::SeqCst);
    }
}
