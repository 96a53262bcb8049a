//! A waker in one word, for places of which every vthread or every socket has some.
//!
//! The word is the waker's data pointer, which is aligned, and says in its lowest bits which table
//! goes with it: that of tasks, or one of the first few others that were met (those of blocking
//! calls and of time limits soon are). Any other waker is in a box.

#![allow(unsafe_code)] // The word owns what it points to.

use super::header::Header;
use super::waker::{of_task, task_of};
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::task::{RawWakerVTable, Waker};

/// The bits of an address that are free.
const TAG: usize = 7;
const OF_TASK: usize = 0;
const BOXED: usize = 1;
/// The tag of the first of `TABLES`.
const FIRST: usize = 2;

/// The tables that have tags. Each is set once.
static TABLES: [AtomicPtr<RawWakerVTable>; TAG + 1 - FIRST] =
    [const { AtomicPtr::new(ptr::null_mut()) }; TAG + 1 - FIRST];

/// The tag of a table, if it has one or there is one left.
fn tag_of(table: &'static RawWakerVTable) -> Option<usize> {
    let (null, table) = (ptr::null_mut(), ptr::from_ref(table).cast_mut());
    let place = TABLES.iter().position(|place| {
        let mut seen = place.load(Ordering::Relaxed);
        if seen.is_null() {
            seen = place
                .compare_exchange(null, table, Ordering::Release, Ordering::Relaxed)
                .map_or_else(|seen| seen, |_| table);
        }
        seen == table
    });
    place.map(|place| place + FIRST)
}

/// A waker.
pub(crate) struct ShortWaker(NonNull<()>);

// SAFETY: it owns a waker, which is `Send`.
unsafe impl Send for ShortWaker {}
// SAFETY: a waker is `Sync`.
unsafe impl Sync for ShortWaker {}

impl From<Waker> for ShortWaker {
    #[inline]
    fn from(waker: Waker) -> Self {
        match task_of(&waker) {
            Some(task) => {
                // Its reference is this one's.
                let _kept = ManuallyDrop::new(waker);
                ShortWaker(task.cast())
            }
            None => ShortWaker::of_other(waker),
        }
    }
}

impl From<ShortWaker> for Waker {
    #[inline]
    fn from(short: ShortWaker) -> Self {
        let short = ManuallyDrop::new(short);
        // SAFETY: taken out once, since `short` is not dropped.
        unsafe { short.take() }
    }
}

impl ShortWaker {
    #[inline(never)]
    fn of_other(waker: Waker) -> Self {
        let data = NonNull::new(waker.data().cast_mut());
        if let Some(data) = data.filter(|data| data.addr().get() & TAG == 0)
            && let Some(tag) = tag_of(waker.vtable())
        {
            let _kept = ManuallyDrop::new(waker);
            return ShortWaker(data.map_addr(|address| address | tag));
        }
        let place = NonNull::from(Box::leak(Box::new(waker)));
        ShortWaker(place.cast().map_addr(|address| address | BOXED))
    }

    #[inline]
    fn tag(&self) -> usize {
        self.0.addr().get() & TAG
    }

    /// The address without the tag.
    #[inline]
    fn place(&self) -> *mut () {
        self.0.as_ptr().map_addr(|address| address & !TAG)
    }

    /// # Safety
    /// - It is not used any more, nor dropped.
    #[inline]
    unsafe fn take(&self) -> Waker {
        match self.tag() {
            // SAFETY: a task's address with the reference of the waker that it was made of.
            OF_TASK => unsafe { of_task(self.0.cast::<Header>()) },
            // SAFETY: by the contract.
            _ => unsafe { self.take_other() },
        }
    }

    /// # Safety
    /// - As for `take`; it is no task's.
    #[inline(never)]
    unsafe fn take_other(&self) -> Waker {
        match self.tag() {
            // SAFETY: made by `of_other`, and taken once.
            BOXED => *unsafe { Box::from_raw(self.place().cast()) },
            tag => {
                let table = TABLES[tag - FIRST].load(Ordering::Acquire);
                // SAFETY: a `'static` reference, stored before the tag was given away.
                let table: &'static RawWakerVTable = unsafe { &*table };
                // SAFETY: the parts of the waker that it was made of.
                unsafe { Waker::new(self.place(), table) }
            }
        }
    }

    /// Whether both wake the same.
    #[inline]
    pub(crate) fn will_wake(&self, other: &Waker) -> bool {
        match self.tag() {
            OF_TASK => task_of(other).is_some_and(|task| task.cast() == self.0),
            _ => self.look_other(|waker| waker.will_wake(other)),
        }
    }

    /// The data pointer of the waker, to compare.
    pub(crate) fn data(&self) -> *const () {
        match self.tag() {
            OF_TASK => self.0.as_ptr(),
            _ => self.look_other(Waker::data),
        }
    }

    #[inline(never)]
    fn look_other<R>(&self, look: impl FnOnce(&Waker) -> R) -> R {
        if self.tag() == BOXED {
            // SAFETY: our box.
            return look(unsafe { &*self.place().cast::<Waker>() });
        }
        // SAFETY: this copy is not dropped.
        look(&ManuallyDrop::new(unsafe { self.take_other() }))
    }
}

impl Drop for ShortWaker {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: dropped once.
        drop(unsafe { self.take() });
    }
}

impl fmt::Debug for ShortWaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortWaker")
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Counter(AtomicUsize);
    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A table of its own for each `KIND`.
    struct Kind<const KIND: usize>(Arc<Counter>);
    impl<const KIND: usize> Wake for Kind<KIND> {
        fn wake(self: Arc<Self>) {
            self.0.clone().wake();
        }
    }

    fn check<const KIND: usize>(counter: &Arc<Counter>) {
        let woken = counter.0.load(Ordering::Relaxed);
        let kind = Arc::new(Kind::<KIND>(counter.clone()));
        let waker = Waker::from(kind.clone());
        let copy = waker.clone();
        // std promises no more, and under Miri it may not hold.
        let wakes_the_same = copy.will_wake(&waker);
        let short = ShortWaker::from(copy);
        assert_eq!(short.will_wake(&waker), wakes_the_same);
        assert!(!short.will_wake(Waker::noop()));
        assert_eq!(short.data(), waker.data());
        assert_eq!(Arc::strong_count(&kind), 3);
        Waker::from(short).wake();
        assert_eq!(counter.0.load(Ordering::Relaxed), woken + 1);
        drop(ShortWaker::from(waker));
        assert_eq!(Arc::strong_count(&kind), 1);
    }

    #[test]
    fn wakers_come_back_whole_with_a_tag_or_in_a_box() {
        assert_eq!(size_of::<Option<ShortWaker>>(), size_of::<usize>());
        let counter = Arc::new(Counter::default());
        for _ in 0..2 {
            check::<0>(&counter);
            check::<1>(&counter);
            check::<2>(&counter);
            check::<3>(&counter);
            check::<4>(&counter);
            check::<5>(&counter);
            check::<6>(&counter);
            check::<7>(&counter);
        }
        // Without data.
        let short = ShortWaker::from(Waker::noop().clone());
        assert_eq!(short.tag(), BOXED);
        assert_eq!(short.data(), Waker::noop().data());
    }
}
