//! The root of a blocking call, and the registry of all roots, where a walk over all vthreads
//! begins.
//!
//! A root is added when it is made, and not with each call: a thread uses its root again.

#![allow(unsafe_code)] // From a registered scope to its root.

use super::notice::Notice;
use super::vthread::Vthread;
use super::wait_for::Site;
use crate::base::arc::retain;
use crate::cancel::scope::Scope;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Weak};
use std::task::Wake;

/// The part of a blocking call that lives on the heap.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Root {
    pub(crate) vthread: Vthread,
    pub(crate) notice: Notice,
    /// The location of the blocking call that is made now. Null between calls.
    site: AtomicPtr<Location<'static>>,
}

impl Root {
    pub(crate) fn new() -> Arc<Self> {
        let root = Arc::new(Root {
            vthread: Vthread::new(),
            notice: Notice::new(),
            site: AtomicPtr::new(ptr::null_mut()),
        });
        add(&root);
        root
    }

    /// The location of the blocking call that is made now.
    pub(crate) fn site(&self) -> Option<Site> {
        // SAFETY: null, or made from a `'static` reference.
        unsafe { self.site.load(Ordering::Relaxed).as_ref() }
    }

    pub(crate) fn set_site(&self, site: Option<Site>) {
        let site = site.map_or(ptr::null_mut(), |site| ptr::from_ref(site).cast_mut());
        self.site.store(site, Ordering::Relaxed);
    }

    pub(crate) fn vthread(&self) -> &Vthread {
        &self.vthread
    }

    /// The root that a registered scope of kind `Root` belongs to.
    ///
    /// # Safety
    /// - The scope is linked, and the caller holds the list's lock.
    pub(crate) unsafe fn of_scope(scope: *const Scope) -> Arc<Root> {
        let root = scope.cast::<Root>();
        // SAFETY: a scope of kind `Root` in a list is the first field of the first field of a
        // root in an `Arc`, and was linked by a pointer to that.
        unsafe { retain(root) }
    }

    pub(crate) fn unpark(&self) {
        self.notice.give();
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        remove(self);
    }
}

impl Wake for Root {
    fn wake(self: Arc<Self>) {
        self.unpark();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.unpark();
    }
}

/// All roots, by their addresses. A visitor owns a share in each: a root that could be dropped
/// during a visit would have to leave the registry before its drop, and it does so as a part of
/// that.
static ROOTS: Mutex<Option<HashMap<usize, Weak<Root>>>> = Mutex::new(None);

fn add(root: &Arc<Root>) {
    let address = Arc::as_ptr(root).addr();
    let mut roots = ROOTS.lock();
    roots
        .get_or_insert_default()
        .insert(address, Arc::downgrade(root));
}

fn remove(root: &Root) {
    if let Some(roots) = &mut *ROOTS.lock() {
        roots.remove(&ptr::from_ref(root).addr());
    }
}

/// Calls `visit` with every root.
pub(crate) fn for_each_root(visit: impl FnMut(&Arc<Root>)) {
    let shares = |roots: &HashMap<_, Weak<_>>| roots.values().filter_map(Weak::upgrade).collect();
    // The last share in a root may be one of these: it is dropped outside the lock, which `remove`
    // takes.
    let roots: Vec<Arc<Root>> = ROOTS.lock().as_ref().map(shares).unwrap_or_default();
    roots.iter().for_each(visit);
}
