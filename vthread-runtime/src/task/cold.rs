//! The data that few tasks have: a name, an id that was asked for, a number for the wait for their
//! end.
//!
//! It is in a box that is made when the first of it is needed, so that all other tasks pay for one
//! word. The box is freed with the task's memory.

#![allow(unsafe_code)] // The word owns the box.

use super::header::Queue;
use super::id::{LazyId, TaskId};
use super::vthread::Open;
use super::wait_for;
use crate::trace::spans::SpanPlace;
use std::any::Any;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

#[derive(Default)]
struct Facts {
    /// As given in its `spawn!`.
    name: Option<Cow<'static, str>>,
    id: LazyId,
    /// The number of the wait for its end, assigned by the first observer. Under the lock of the
    /// vthread's list.
    join: Cell<u64>,
    companion: OnceLock<Arc<Companion>>,
    /// The queue of the test that runs the task.
    queue: OnceLock<Arc<dyn Queue>>,
    span: OnceLock<SpanPlace>,
}

/// Data that a layer above keeps with a task.
type Companion = dyn Any + Send + Sync;

/// The pointer to the box. Set once.
pub(crate) struct Cold(AtomicPtr<Facts>);

impl Cold {
    #[inline]
    pub(crate) fn new(name: Option<Cow<'static, str>>) -> Self {
        let facts = name.map_or(ptr::null_mut(), Facts::named);
        Cold(AtomicPtr::new(facts))
    }

    #[inline]
    fn get(&self) -> Option<&Facts> {
        // SAFETY: null, or a box that is not freed before `self` is dropped. Its cells are touched
        // under a lock, or by the thread that polls the task, as their comments say, and the rest
        // is `Sync`.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    fn get_or_make(&self) -> &Facts {
        if let Some(facts) = self.get() {
            return facts;
        }
        let new = Box::into_raw(Box::default());
        let null = ptr::null_mut();
        if self
            .0
            .compare_exchange(null, new, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            // SAFETY: ours, and no other thread has seen it.
            drop(unsafe { Box::from_raw(new) });
        }
        self.get().expect("made by us, or by who was quicker")
    }

    pub(crate) fn name(&self) -> Option<&Cow<'static, str>> {
        self.get()?.name.as_ref()
    }

    pub(crate) fn id(&self) -> TaskId {
        self.get_or_make().id.get()
    }

    /// The data that a layer above keeps with the task; made when it is first asked for.
    pub(crate) fn companion(&self, make: impl FnOnce() -> Arc<Companion>) -> Arc<Companion> {
        self.get_or_make().companion.get_or_init(make).clone()
    }

    /// The queue of the test that runs the task, if one does.
    pub(crate) fn queue(&self) -> Option<&Arc<dyn Queue>> {
        self.get()?.queue.get()
    }

    /// Sets it, once.
    pub(crate) fn set_queue(&self, queue: Arc<dyn Queue>) {
        let set = self.get_or_make().queue.set(queue);
        assert!(set.is_ok(), "a task enters one test");
    }

    /// The place of the task's span, if it runs in one.
    #[inline]
    pub(super) fn span(&self) -> Option<&SpanPlace> {
        self.get()?.span.get()
    }

    /// Sets it, once, before the task can run.
    pub(super) fn set_span(&self, span: SpanPlace) {
        let set = self.get_or_make().span.set(span);
        assert!(set.is_ok(), "a task has one span");
    }

    /// The number of the current wait for the task's end. `_open` proves that the lock is held.
    pub(crate) fn join_number(&self, _open: &Open) -> u64 {
        wait_for::number(&self.get_or_make().join)
    }

    /// Another wait for the task's end begins. `_open` proves that the lock is held.
    #[inline]
    pub(crate) fn begin_join(&self, _open: &Open) {
        if let Some(facts) = self.get() {
            facts.join.set(0);
        }
    }
}

impl Facts {
    #[cold]
    fn named(name: Cow<'static, str>) -> *mut Self {
        Box::into_raw(Box::new(Facts {
            name: Some(name),
            ..Facts::default()
        }))
    }
}

impl Drop for Cold {
    #[inline]
    fn drop(&mut self) {
        let facts = *self.0.get_mut();
        if !facts.is_null() {
            // SAFETY: made by `Box::into_raw`, and given up once, here.
            drop(unsafe { Box::from_raw(facts) });
        }
    }
}

impl fmt::Debug for Cold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_whoever_asks_first() {
        let rare = Cold::new(None);
        let ids: Vec<_> = std::thread::scope(|scope| {
            let asks = [(); 4].map(|()| scope.spawn(|| rare.id()));
            asks.into_iter().map(|ask| ask.join().unwrap()).collect()
        });
        assert_eq!(ids, [rare.id(); 4]);
        assert_eq!(rare.name(), None);
        assert_ne!(Cold::new(None).id(), rare.id());
    }

    #[test]
    fn a_name_is_there_from_the_beginning() {
        let rare = Cold::new(Some("worker".to_owned().into()));
        let _ = rare.id();
        assert_eq!(rare.name().map(|name| &**name), Some("worker"));
    }
}
