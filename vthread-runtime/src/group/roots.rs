//! The roots of all blocking calls: where whoever wants to see every vthread begins.
//!
//! A root is added when it is made, and not with each call: a thread uses its root again.

#![allow(unsafe_code)] // Roots are known by their addresses.

use super::block_on::Root;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;

/// A root that has been added and not removed.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Known(*const Root);

// SAFETY: a root is `Sync`.
unsafe impl Send for Known {}

static ROOTS: Mutex<Option<HashSet<Known>>> = Mutex::new(None);

pub(super) fn add(root: &Arc<Root>) {
    let known = Known(Arc::as_ptr(root));
    ROOTS.lock().get_or_insert_default().insert(known);
}

pub(super) fn remove(root: &Root) {
    if let Some(roots) = &mut *ROOTS.lock() {
        roots.remove(&Known(root));
    }
}

/// Calls `visit` with every root. Until it is done, none goes.
pub(super) fn for_each(mut visit: impl FnMut(&Root)) {
    if let Some(roots) = &*ROOTS.lock() {
        for known in roots {
            // SAFETY: it is removed, under the lock that we hold, before it goes.
            visit(unsafe { &*known.0 });
        }
    }
}
