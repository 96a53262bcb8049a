//! The stack of a vthread that waits: its chain of calls, with the place of each, and since when it
//! waits.
//!
//! Every call of a vthread function goes through a [`Level`](super::level::Level). When the called
//! frame waits, its poll returns, and with it those of all frames around: each level adds its call
//! to a chain (`base/call_chain.rs`), which so is built from the inside out. At the end of the poll
//! the chain is stored in the vthread. A dump reads it there, and neither runs nor reads a frame:
//! chains are never freed.
//!
//! The chain is in a variable of the OS thread. It is empty where the code of a vthread runs: the
//! end of a poll empties it, and so does whatever goes on after a frame inside it has waited (a
//! timeout that is over, a `select!` with a winner, a user's future).
//!
//! Of the frames of a recursion (`recursion.rs`) only the topmost is polled. So there are two
//! chains: that of the topmost segment, and that of the base frame up to the first recursive call.

#![allow(unsafe_code)] // Chains in atomic pointers.

use super::seen_stack::{SeenCall, SeenStack};
use super::wait_for::Site;
use crate::base::call_chain::Chain;
use crate::base::ticks;
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

thread_local! {
    /// The chain that is built.
    static CHAIN: Cell<Option<&'static Chain>> = const { Cell::new(None) };
    /// The chain of the topmost segment, if that has waited in a poll made by the frame below.
    static ABOVE: Cell<Option<&'static Chain>> = const { Cell::new(None) };
}

/// A place in the program at which a vthread function is called.
#[derive(Debug)]
pub struct Here {
    site: Site,
    /// The chain that was made last around the same call further in.
    last: AtomicPtr<Chain>,
}

impl Here {
    /// A place.
    pub const fn new(site: Site) -> Self {
        Here {
            site,
            last: AtomicPtr::new(ptr::from_ref(Chain::UNLIKE_ANY).cast_mut()),
        }
    }

    /// The call at this place waits.
    #[inline]
    pub(super) fn waits(&self, callee: fn() -> &'static str) {
        let inner = CHAIN.get();
        // SAFETY: a chain, which is never freed, and was complete when it was stored here.
        let last: &'static Chain = unsafe { &*self.last.load(Ordering::Acquire) };
        let chain = match last.is_around(inner) {
            true => last,
            false => self.another(inner, callee),
        };
        CHAIN.set(Some(chain));
    }

    #[cold]
    #[inline(never)]
    fn another(
        &self,
        inner: Option<&'static Chain>,
        callee: fn() -> &'static str,
    ) -> &'static Chain {
        let chain = Chain::around(inner, self.site, callee);
        if chain.is_around(inner) {
            let chain = ptr::from_ref(chain).cast_mut();
            self.last.store(chain, Ordering::Release);
        }
        chain
    }
}

/// The place of an operation that may have none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At(Option<&'static Here>);

impl At {
    pub(crate) fn new(here: &'static Here) -> Self {
        At(Some(here))
    }

    /// The operation waits.
    pub(crate) fn waits(self, callee: fn() -> &'static str) {
        if let Some(here) = self.0 {
            here.waits(callee);
        }
    }
}

/// What a frame inside has noted as it waited counts no more: the frame around it goes on.
#[inline]
pub(crate) fn goes_on() {
    CHAIN.set(None);
}

/// Polls a frame beside others by `poll`. If it waits, by `waits`, what it has noted counts, else
/// what those before it have.
#[inline]
pub(crate) fn beside<R>(poll: impl FnOnce() -> R, waits: impl FnOnce(&R) -> bool) -> R {
    let before = CHAIN.take();
    let polled = poll();
    if !waits(&polled) {
        CHAIN.set(before);
    }
    polled
}

/// A segment has waited whose frame below was polling it: that frame's chain begins here.
pub(super) fn cut() {
    let chain = CHAIN.take();
    if ABOVE.get().is_none() {
        ABOVE.set(chain);
    }
}

/// A segment, or the base frame, of a vthread has waited that has segments. `base` is given if it
/// was the base frame; `has_fresh`: a new segment is polled next.
#[cold]
pub(super) fn in_recursion(base: Option<&Stack>, has_fresh: bool) {
    if let Some(stack) = base {
        stack.base.store(pointer(CHAIN.get()), Ordering::Release);
    }
    let above = ABOVE.take();
    if has_fresh || base.is_some() || above.is_some() {
        CHAIN.set(above.filter(|_| !has_fresh));
    }
}

/// What a dump reads of the stack of a vthread. All of it is written by the polling thread.
#[derive(Debug)]
pub(crate) struct Stack {
    /// The chain of the topmost segment, or of the base frame. Null: not known.
    top: AtomicPtr<Chain>,
    /// The chain of the base frame, while there are segments.
    base: AtomicPtr<Chain>,
    /// How many recursive calls are open.
    n_segments: AtomicU32,
    /// The end of its last poll, or its birth, in ticks.
    since: AtomicU32,
}

impl Stack {
    #[inline]
    pub(crate) fn new() -> Self {
        Stack {
            top: AtomicPtr::new(ptr::null_mut()),
            base: AtomicPtr::new(ptr::null_mut()),
            n_segments: AtomicU32::new(0),
            since: AtomicU32::new(ticks::shown()),
        }
    }

    /// A recursive call begins.
    #[inline]
    pub(super) fn pushed(&self) {
        // Stores: only the polling thread writes.
        let n = self.n_segments.load(Ordering::Relaxed);
        self.n_segments.store(n + 1, Ordering::Relaxed);
    }

    /// A recursive call has ended.
    #[inline]
    pub(super) fn popped(&self) {
        let n = self.n_segments.load(Ordering::Relaxed);
        self.n_segments
            .store(n.saturating_sub(1), Ordering::Relaxed);
    }

    /// The poll is over, and the vthread waits.
    #[inline]
    pub(crate) fn waits(&self) {
        self.top.store(pointer(CHAIN.take()), Ordering::Release);
        self.since.store(ticks::shown(), Ordering::Relaxed);
    }

    /// What is known of it.
    pub(crate) fn see(&self) -> SeenStack {
        let n_recursive = self.n_segments.load(Ordering::Relaxed);
        let above = calls(&self.top);
        let base = match n_recursive {
            0 => Vec::new(),
            _ => calls(&self.base),
        };
        SeenStack {
            calls: [above, base],
            n_recursive,
            age: Some(ticks::since(self.since.load(Ordering::Relaxed))),
        }
    }
}

#[inline]
fn pointer(chain: Option<&'static Chain>) -> *mut Chain {
    chain.map_or(ptr::null_mut(), |chain| ptr::from_ref(chain).cast_mut())
}

fn calls(chain: &AtomicPtr<Chain>) -> Vec<SeenCall> {
    // SAFETY: null, or a chain, which is never freed, and was complete when it was stored.
    let chain = unsafe { chain.load(Ordering::Acquire).as_ref() };
    let calls = chain.map(Chain::outwards).into_iter().flatten();
    calls
        .map(|call| SeenCall {
            site: call.site,
            callee: call.callee,
        })
        .collect()
}

/// The clock by which waits are measured is to be right now: a thread has slept.
pub(crate) fn renew_clock() {
    ticks::renew();
}
