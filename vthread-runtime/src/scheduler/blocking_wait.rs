//! The wait of a blocking call, on any thread.
//!
//! A worker gives its core away first. If no other thread can be had it keeps the core, and
//! delivers the driver's events while it waits, since there may be no other thread to do it. A
//! thread with another kind of place leaves that place.

use super::handoff::{HandedOff, hand_off};
use super::threads::{self, Refused, tell_of_refusal};
use super::worker;
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long a worker that could not give its core away waits before it tries again.
const PACE: Duration = Duration::from_millis(5);

/// How many threads of the library wait in a blocking call.
static N_WAITING: AtomicUsize = AtomicUsize::new(0);
/// How many of them are workers that could not give their cores away.
static N_IN_PLACE: AtomicUsize = AtomicUsize::new(0);
/// How many such waits have ended.
static N_ENDED: AtomicUsize = AtomicUsize::new(0);
/// The places of threads that are not workers.
static PLACES: OnceLock<&'static dyn Place> = OnceLock::new();

/// The resources that a blocking call has given up while it waits.
#[derive(Debug, Default)]
pub(crate) struct Given {
    is_done: bool,
    place: Option<&'static dyn Place>,
}

/// One of a bounded number of places for threads that are not workers.
pub(crate) trait Place: std::fmt::Debug + Sync {
    /// Called when the thread is about to wait: it leaves its place to another one.
    fn leave(&self);
    /// Called when the thread goes on.
    fn come_back(&self);
    /// Lets another thread take a place that was left, if one is needed.
    ///
    /// # Errors
    /// One is needed, and there is no thread for it.
    fn fill(&'static self) -> Result<(), Refused>;
}

thread_local! {
    static PLACE: Cell<Option<&'static dyn Place>> = const { Cell::new(None) };
}

/// This thread has `place` from now on.
pub(crate) fn has_place(place: &'static dyn Place) {
    PLACE.set(Some(place));
    let _ = PLACES.set(place);
}

/// Fills the places that were left.
///
/// # Errors
/// Some are needed, and there is no thread for them.
pub(super) fn fill_places() -> Result<(), Refused> {
    PLACES.get().map_or(Ok(()), |places| places.fill())
}

/// How many workers wait with their cores.
pub(super) fn n_in_place() -> usize {
    N_IN_PLACE.load(Ordering::Relaxed)
}

/// If every thread of the library waits in a blocking call: how many such waits have ended so far.
pub(super) fn all_wait() -> Option<usize> {
    let n_ended = N_ENDED.load(Ordering::Acquire);
    (N_WAITING.load(Ordering::Acquire) >= threads::n_threads()).then_some(n_ended)
}

impl Given {
    /// Gives up the core or the place for the time of the wait. Calls `pinned` if it was a worker's
    /// core. False: it could not be given up.
    fn give(&mut self, pinned: impl FnOnce()) -> bool {
        if self.is_done {
            return true;
        }
        match hand_off() {
            HandedOff::Refused => return false,
            HandedOff::Done => pinned(),
            HandedOff::WasPlain => {
                if let Some(place) = PLACE.take() {
                    place.leave();
                    self.place = Some(place);
                    if let Err(refused) = place.fill() {
                        // The monitor tries again.
                        tell_of_refusal(&refused);
                    }
                }
            }
        }
        self.is_done = true;
        true
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            place.come_back();
            PLACE.set(Some(place));
        }
    }
}

/// Waits for `event`, which waits for at most the given time and returns whether the event has
/// come. Other vthreads go on meanwhile.
pub(crate) fn wait(
    given: &mut Given,
    pinned: impl Fn(),
    mut event: impl FnMut(Option<Duration>) -> bool,
) {
    let _waiting = threads::is_ours().then(|| Counted::begin(&N_WAITING));
    if given.give(&pinned) {
        event(None);
        return;
    }
    let _in_place = Counted::begin(&N_IN_PLACE);
    loop {
        worker::with(|worker| worker.into_iter().for_each(worker::look_around));
        if event(Some(PACE)) {
            return;
        }
        if given.give(&pinned) {
            event(None);
            return;
        }
    }
}

/// A thread that waits, counted as long as it does.
struct Counted(&'static AtomicUsize);

impl Counted {
    fn begin(place: &'static AtomicUsize) -> Self {
        place.fetch_add(1, Ordering::Release);
        Counted(place)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        N_ENDED.fetch_add(1, Ordering::Release);
        self.0.fetch_sub(1, Ordering::Release);
    }
}
