//! The data that few vthreads have: a name, an id that was asked for, a number for the wait for
//! their end, a count of leaks.
//!
//! It is in a box that is made when the first of it is needed, so that all others pay for one word,
//! and that word is of use to them: it is the place of their `spawn!`. The box is freed with the
//! task's memory.

#![allow(unsafe_code)] // The word owns the box.

use super::header::Queue;
use super::id::{LazyId, TaskId};
use super::vthread::Open;
use super::wait_for::{self, Site};
use crate::trace::spans::SpanPlace;
use std::any::Any;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

#[derive(Default)]
struct Facts {
    /// The location of the `spawn!`.
    site: Option<Site>,
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
    /// The count of the vthread's last leak.
    leaked: AtomicU32,
}

/// Data that a layer above keeps with a task.
type Companion = dyn Any + Send + Sync;

/// One word: the address of the box, made odd, once it is made. Before that the place of the
/// `spawn!`, which the box has then; null for a vthread that is no task.
pub(crate) struct Cold(AtomicPtr<()>);

/// Set in the address of the box.
const BOXED: usize = 1;

impl Cold {
    /// Of a task.
    #[inline]
    pub(crate) fn new(site: Site, name: Option<Cow<'static, str>>) -> Self {
        Cold(AtomicPtr::new(match name {
            None => ptr::from_ref(site).cast_mut().cast(),
            Some(name) => Facts::named(site, name),
        }))
    }

    /// Of another vthread.
    pub(crate) fn of_none() -> Self {
        Cold(AtomicPtr::new(ptr::null_mut()))
    }

    /// The location of the `spawn!`.
    ///
    /// # Safety
    /// - It is a task's.
    #[inline]
    pub(crate) unsafe fn site_of_task(&self) -> Site {
        let word = self.0.load(Ordering::Acquire);
        if word.addr() & BOXED != 0 {
            return self.boxed_site();
        }
        // SAFETY: a task has one, from its birth: made from a `'static` reference.
        unsafe { &*word.cast::<Location<'static>>() }
    }

    /// The same of a task without a name. `None`: it may have one.
    ///
    /// # Safety
    /// - It is a task's.
    #[inline]
    pub(super) unsafe fn site_if_nameless(&self) -> Option<Site> {
        let word = self.0.load(Ordering::Acquire);
        // SAFETY: as above.
        (word.addr() & BOXED == 0).then(|| unsafe { &*word.cast::<Location<'static>>() })
    }

    #[cold]
    #[inline(never)]
    fn boxed_site(&self) -> Site {
        let site = self.facts().and_then(|facts| facts.site);
        site.expect("it was there before the box")
    }

    /// The box, or the place in its stead.
    #[inline]
    fn get(&self) -> Result<&Facts, Option<Site>> {
        let word = self.0.load(Ordering::Acquire);
        match box_of(word) {
            // SAFETY: a box that is not freed before `self` is dropped. Its cells are touched under
            // a lock, or by the thread that polls the task, as their comments say, and the rest is
            // `Sync`.
            Some(facts) => Ok(unsafe { &*facts }),
            // SAFETY: null, or made from a `'static` reference.
            None => Err(unsafe { word.cast::<Location<'static>>().as_ref() }),
        }
    }

    fn facts(&self) -> Option<&Facts> {
        self.get().ok()
    }

    fn get_or_make(&self) -> &Facts {
        let site = match self.get() {
            Ok(facts) => return facts,
            Err(site) => site,
        };
        let facts = Facts {
            site,
            ..Facts::default()
        };
        let new = facts.into_word();
        if self
            .0
            .compare_exchange(word_of(site), new, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            let ours = box_of(new).expect("made as one");
            // SAFETY: ours, and no other thread has seen it.
            drop(unsafe { Box::from_raw(ours) });
        }
        self.facts().expect("made by us, or by who was quicker")
    }

    pub(crate) fn name(&self) -> Option<&Cow<'static, str>> {
        self.facts()?.name.as_ref()
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
        self.facts()?.queue.get()
    }

    /// Sets it, once.
    pub(crate) fn set_queue(&self, queue: Arc<dyn Queue>) {
        let set = self.get_or_make().queue.set(queue);
        assert!(set.is_ok(), "a task enters one test");
    }

    /// The place of the task's span, if it runs in one.
    #[inline]
    pub(super) fn span(&self) -> Option<&SpanPlace> {
        self.facts()?.span.get()
    }

    /// Sets it, once, before the task can run.
    pub(super) fn set_span(&self, span: SpanPlace) {
        let set = self.get_or_make().span.set(span);
        assert!(set.is_ok(), "a task has one span");
    }

    /// The count of the vthread's last leak: see `guard_escape.rs`.
    pub(super) fn leaked(&self) -> u32 {
        self.facts()
            .map_or(0, |facts| facts.leaked.load(Ordering::Relaxed))
    }

    /// Sets that.
    pub(super) fn set_leaked(&self, count: u32) {
        let place = &self.get_or_make().leaked;
        place.store(count, Ordering::Relaxed);
    }

    /// The number of the current wait for the task's end. `_open` proves that the lock is held.
    pub(crate) fn join_number(&self, _open: &Open) -> u64 {
        wait_for::number(&self.get_or_make().join)
    }

    /// Another wait for the task's end begins. `_open` proves that the lock is held.
    #[inline]
    pub(crate) fn begin_join(&self, _open: &Open) {
        if let Some(facts) = self.facts() {
            facts.join.set(0);
        }
    }
}

fn word_of(site: Option<Site>) -> *mut () {
    site.map_or(ptr::null_mut(), |site| {
        ptr::from_ref(site).cast_mut().cast()
    })
}

/// The box, if the word is its address.
#[inline]
fn box_of(word: *mut ()) -> Option<*mut Facts> {
    let is_box = word.addr() & BOXED != 0;
    is_box.then(|| word.map_addr(|address| address & !BOXED).cast())
}

impl Facts {
    #[cold]
    fn named(site: Site, name: Cow<'static, str>) -> *mut () {
        Facts {
            site: Some(site),
            name: Some(name),
            ..Facts::default()
        }
        .into_word()
    }

    fn into_word(self) -> *mut () {
        let facts = Box::into_raw(Box::new(self)).cast::<()>();
        facts.map_addr(|address| address | BOXED)
    }
}

impl Drop for Cold {
    #[inline]
    fn drop(&mut self) {
        if let Some(facts) = box_of(*self.0.get_mut()) {
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

    fn site_of(rare: &Cold) -> Site {
        // SAFETY: those of the tests below are a task's.
        unsafe { rare.site_of_task() }
    }

    #[test]
    fn an_id_stays_whoever_asks_first() {
        let rare = Cold::of_none();
        let ids: Vec<_> = std::thread::scope(|scope| {
            let asks = [(); 4].map(|()| scope.spawn(|| rare.id()));
            asks.into_iter().map(|ask| ask.join().unwrap()).collect()
        });
        assert_eq!(ids, [rare.id(); 4]);
        assert_eq!(rare.name(), None);
        assert_ne!(Cold::of_none().id(), rare.id());
    }

    #[test]
    fn a_place_stays_when_the_box_is_made() {
        let site: Site = Location::caller();
        let rare = Cold::new(site, None);
        assert_eq!((site_of(&rare), rare.leaked()), (site, 0));
        rare.set_leaked(7);
        assert_eq!((site_of(&rare), rare.leaked()), (site, 7));
    }

    #[test]
    fn a_name_is_there_from_the_beginning() {
        let site: Site = Location::caller();
        let rare = Cold::new(site, Some("worker".to_owned().into()));
        let _ = rare.id();
        assert_eq!(site_of(&rare), site);
        assert_eq!(rare.name().map(|name| &**name), Some("worker"));
    }
}
