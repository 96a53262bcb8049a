//! The bindings of a vthread: an immutable map from variables to values, shared by reference.
//!
//! A binding makes a new map, which shares the values of the one before; so no map ever changes, a
//! child inherits with one reference count, and a chain of bindings as long as a recursion is deep
//! is no chain of maps. The newest binding comes first, the others are sorted: a lookup is a
//! comparison and, if that fails, a binary search among the few variables that are bound at all.
//!
//! *Current* is one pointer (`current_map.rs`): in the poll that the thread makes, or, on a thread
//! that polls none, in a thread-local cell. Null is the map that the vthread has inherited
//! (`stack_top.rs`), with which a poll begins. Code that has bindings of its own (a `bind!`, a
//! segment, a helper's work) sets the pointer for as long as it runs, and restores it. Code without
//! bindings pays nothing.

#![allow(unsafe_code)] // The current map by address.

use super::current;
use super::current_map::{Borrowed, Current};
use super::vthread::Vthread;
use crate::base::arc::retain;
use std::any::Any;
use std::fmt;
use std::ptr;
use std::sync::Arc;

/// A value with several owners.
pub(crate) type Value = Arc<dyn Any + Send + Sync>;

/// One variable, by its address, and its value.
#[derive(Clone)]
struct Entry {
    key: usize,
    value: Value,
}

/// A map of bindings.
struct Map {
    newest: Entry,
    /// The earlier bindings, by key; without that of `newest`.
    others: Box<[Entry]>,
}

impl Map {
    fn get(&self, key: usize) -> Option<&Value> {
        if self.newest.key == key {
            return Some(&self.newest.value);
        }
        let at = self.others.binary_search_by_key(&key, |entry| entry.key);
        at.ok().map(|at| &self.others[at].value)
    }

    /// All but the binding of `key`, by key.
    fn without(&self, key: usize) -> Box<[Entry]> {
        let newest = &self.newest;
        let before = self.others.partition_point(|entry| entry.key < newest.key);
        let (small, large) = self.others.split_at(before);
        let all = small.iter().chain([newest]).chain(large);
        all.filter(|entry| entry.key != key).cloned().collect()
    }
}

/// A reference to a map, or to none.
#[derive(Clone, Default)]
pub(crate) struct Bindings(Option<Arc<Map>>);

impl Bindings {
    /// The bindings of the code that runs now.
    #[inline]
    pub(crate) fn current() -> Self {
        let map = now();
        if map.is_none() {
            return Bindings(None);
        }
        // SAFETY: every map lives in an `Arc`, and what is current is alive.
        Bindings(Some(unsafe { retain(map_of(map)) }))
    }

    /// Adds a binding of the variable at `key` to `value`.
    pub(crate) fn and(&self, key: usize, value: Value) -> Self {
        let others = self.0.as_ref().map(|map| map.without(key));
        Bindings(Some(Arc::new(Map {
            newest: Entry { key, value },
            others: others.unwrap_or_default(),
        })))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Runs `code` with these as the current bindings.
    pub(crate) fn within<R>(&self, code: impl FnOnce() -> R) -> R {
        // SAFETY: borrowed until `code` has ended.
        with_current(|current| unsafe { current.within(self.as_borrowed(), code) })
    }

    fn as_borrowed(&self) -> Borrowed {
        let map = self.0.as_ref().map_or(ptr::null(), Arc::as_ptr);
        Borrowed::from_word(map.cast())
    }
}

impl fmt::Debug for Bindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0.as_ref().map_or(0, |map| map.others.len() + 1);
        write!(f, "Bindings({n})")
    }
}

/// Calls `code` with the value of the variable at `key`, if the code that runs now has it bound.
#[inline]
pub(crate) fn lookup<R>(key: usize, code: impl FnOnce(Option<&Value>) -> R) -> R {
    // SAFETY: the current map is owned by a frame further out on this stack, or by the vthread that
    // the thread polls: until the code that runs now has gone on.
    let map = unsafe { map_of(now()).as_ref() };
    code(map.and_then(|map| map.get(key)))
}

thread_local! {
    /// The current map on a thread that polls no vthread.
    static OF_THREAD: Current = const { Current::inherited() };
}

/// Calls `code` with the place of the current map of the code that runs now.
#[inline]
fn with_current<R>(code: impl FnOnce(&Current) -> R) -> R {
    current::with(|running| match running {
        Some(running) => code(running.bindings()),
        None => OF_THREAD.with(code),
    })
}

/// The current map of the code that runs now: its owner keeps it for now.
#[inline]
pub(super) fn now() -> Borrowed {
    current::with(|running| match running {
        Some(running) => running.bindings_now(),
        None => OF_THREAD.with(|of_thread| of_thread.get(Borrowed::none)),
    })
}

#[inline]
fn map_of(borrowed: Borrowed) -> *const Map {
    borrowed.into_word().cast()
}

/// Whether the code that runs now has bindings, or may have: on a thread that polls no vthread.
#[inline]
fn may_be_some() -> bool {
    current::with(|running| match running {
        Some(running) => {
            let inherits = || !running.vthread().stack_top.inherited().is_none();
            running.bindings().is_some_or(inherits)
        }
        None => true,
    })
}

/// At the birth of a task: it owns the current bindings, until `release`.
#[inline]
pub(super) fn inherit(vthread: &Vthread) {
    if may_be_some() {
        inherit_some(vthread);
    }
}

#[cold]
fn inherit_some(vthread: &Vthread) {
    if let Bindings(Some(map)) = Bindings::current() {
        let map = Arc::into_raw(map).cast();
        vthread.stack_top.set_inherited(Borrowed::from_word(map));
    }
}

/// Gives up the bindings that a task owns. The values may be dropped with them.
///
/// # Safety
/// - The task's frame is gone, and `inherit` was called at its birth.
#[inline]
pub(super) unsafe fn release(vthread: &Vthread) -> Bindings {
    let inherited = vthread.stack_top.inherited();
    if inherited.is_none() {
        return Bindings(None);
    }
    vthread.stack_top.reset();
    // SAFETY: the count that `inherit` took.
    Bindings(Some(unsafe { Arc::from_raw(map_of(inherited)) }))
}

/// For a root on the stack of the code that runs now: it has the same bindings.
pub(crate) fn borrow_current(vthread: &Vthread) {
    vthread.stack_top.set_inherited(now());
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The result of a lookup of each of `keys`.
    fn found(keys: std::ops::Range<usize>) -> Vec<Option<u32>> {
        let value = |key| {
            lookup(key, |value| {
                value.and_then(|value| value.downcast_ref().copied())
            })
        };
        keys.map(value).collect()
    }

    #[test]
    fn a_map_is_what_was_bound_last() {
        // Every sequence of four bindings of three variables; some of them under Miri.
        for sequence in (0..81_usize).step_by(if cfg!(miri) { 8 } else { 1 }) {
            let mut bindings = Bindings::default();
            let mut expected = [None; 3];
            for step in 0..4_u32 {
                let key = sequence / 3_usize.pow(step) % 3;
                bindings = bindings.and(key, Arc::new(step));
                expected[key] = Some(step);
            }
            assert_eq!(bindings.within(|| found(0..3)), expected);
        }
        assert_eq!(found(0..3), [None; 3]);
    }

    #[test]
    fn what_is_bound_again_is_let_go() {
        let value = Arc::new(1_u32);
        let outer = Bindings::default().and(1, value.clone());
        let inner = outer.and(1, Arc::new(2_u32));
        assert_eq!(Arc::strong_count(&value), 2);
        drop(outer);
        assert_eq!(Arc::strong_count(&value), 1);
        assert_eq!(inner.within(|| found(1..2)), [Some(2)]);
    }

    #[test]
    fn a_panic_sets_back() {
        let bindings = Bindings::default().and(0, Arc::new(1_u32));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            bindings.within(|| std::panic::resume_unwind(Box::new(())));
        }));
        assert!(panicked.is_err());
        assert_eq!(found(0..1), [None]);
    }
}
