//! What has happened when, for `VTHREAD_TRACE`: events in bounded memory.
//!
//! Nothing is recorded until it is switched on, which is when the runtime starts. Then an event is
//! three stores to a chunk of the OS thread's own (`chunks.rs`); the oldest events make room for
//! new ones. All that can wait is done when they are read: names, places, nanoseconds.
//! `inspect/timeline.rs` writes them down.
//!
//! # Times
//!
//! To read a clock takes as long as a short poll. So a thread does it before an event if
//! - the events before it were as far apart as a few microseconds, beside which it costs nothing;
//! - it has recorded many since it did so last, but no more than those few microseconds had room
//!   for as the last ones have come;
//! - it was called to, because time has passed: a thread of its own, which there is only while a
//!   timeline is recorded, calls all others every two milliseconds (`inspect/timeline.rs`);
//! - it begins to look for work or to sleep, or has done so, or a blocking call begins or ends.
//!
//! The others have their exact place in the order of their thread, and times in between
//! (`placing.rs`).

use super::chunks::{Chunk, Chunks, ROOM, Record};
use super::encoding;
use super::placing::{self, Look, Placed};
use super::stamps::{self, Scale};
use crate::primitive::process_wide;
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

/// How many chunks there are for each processor of the machine: 32,768 events, in half a megabyte.
const CHUNKS_FOR_EACH: usize = 32;
/// For how many processors there are chunks at least.
const LEAST_PROCESSORS: usize = 4;
/// How many names of vthreads are kept.
const MOST_NAMES: usize = 1 << 16;
/// How far apart two looks at the clock are at least, in counts or nanoseconds, as far as the
/// events before have told.
const APART: u64 = 1 << 14;
/// How many events there are between two looks at the most.
const MOST_UNSEEN: u64 = 256;

static IS_ON: AtomicBool = AtomicBool::new(false);
process_wide! {
    static CHUNKS: Chunks<Thread> = Chunks::new(CHUNKS_FOR_EACH * LEAST_PROCESSORS);
}
/// The names of vthreads that have one.
static NAMES: LazyLock<Mutex<HashMap<u64, Arc<str>>>> = LazyLock::new(Mutex::default);

thread_local! {
    /// What the thread writes to. It has no destructor, so that a look at it costs one load.
    static CHUNK: Cell<Option<&'static Chunk>> = const { Cell::new(None) };
    /// When the thread has looked at the clock last.
    static LAST: Cell<LastLook> = const { Cell::new(LastLook { stamp: 0, n: 0, step: 1 }) };
    /// Closes it at the end of the thread.
    static OWNED: RefCell<Option<Owned>> = const { RefCell::new(None) };
}

/// A thread that has recorded something.
#[derive(Debug)]
pub(crate) struct Thread {
    /// How many there were before it.
    pub(crate) number: u64,
    pub(crate) name: String,
}

/// A thread's look at the clock.
#[derive(Clone, Copy, Debug)]
struct LastLook {
    stamp: u64,
    /// How many events were in its chunk then.
    n: usize,
    /// How many events it meant to record before the next one.
    step: u64,
}

/// All that has been recorded.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The time at which it was read.
    pub(crate) now: u64,
    /// The events of each thread, in the order in which they happened.
    pub(crate) threads: Vec<(Arc<Thread>, Vec<Event>)>,
}

/// What has happened, to which vthread, and when: in nanoseconds since the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: u64,
    /// It certainly happened between these.
    pub(crate) earliest: u64,
    pub(crate) latest: u64,
    pub(crate) what: What,
}

/// A vthread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) who: Who,
    /// The location of its `spawn!`, or of the call.
    pub(crate) site: &'static Location<'static>,
}

/// What tells a vthread from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// Its address, which another one may have when it has ended: most have no number, because that
    /// needs memory of its own.
    At(usize),
    /// Its number, by which its name is found.
    Named(u64),
    /// The address of a blocking call.
    Call(usize),
}

/// What a vthread does after a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Then(u8);

impl Then {
    /// It has ended.
    pub(crate) const ENDS: Then = Then(u8::MAX);
    /// There was no poll.
    pub(crate) const NO_POLL: Then = Then(u8::MAX - 1);
    /// It has its turn after the others that can run.
    pub(crate) const YIELDS: Then = Then(u8::MAX - 2);

    /// It waits, for a reason with a number that the layer above knows.
    #[inline]
    pub(crate) const fn waits(reason: u8) -> Self {
        Then(reason)
    }

    /// A number for each.
    #[inline]
    pub(super) const fn number(self) -> u8 {
        self.0
    }

    /// The one with that number.
    pub(super) const fn with_number(number: u8) -> Self {
        Then(number)
    }

    /// The number of that reason.
    pub(crate) fn reason(self) -> Option<u8> {
        (self.0 < Self::YIELDS.0).then_some(self.0)
    }
}

/// Each has happened on the thread that has recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It was spawned.
    Spawned(Subject),
    /// The thread, a worker, polls it from now on. That is the end of the worker's poll before,
    /// which says what its vthread does then.
    Polls(Subject, Then),
    /// The worker has something else to do than to poll. Again with the end of its last poll.
    Turns(Then),
    /// The thread polls a blocking call from now on.
    Calls(Subject),
    /// That poll is over.
    Returns(Then),
    /// It was woken.
    Woken(Subject),
    /// It was cancelled.
    Cancelled(Subject),
    /// The thread has taken vthreads from another one's queue.
    Stole,
    /// The thread sleeps from now on.
    Sleeps,
    /// It has slept.
    Rises,
    /// So many timers were due.
    Timers(u32),
    /// A source of I/O has become ready.
    Ready,
}

/// Whether events are recorded.
#[inline]
pub(crate) fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// From now on they are.
pub(crate) fn switch_on() {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    CHUNKS.limit(CHUNKS_FOR_EACH * processors.max(LEAST_PROCESSORS));
    stamps::begin();
    IS_ON.store(true, Ordering::Relaxed);
}

/// Has all threads look at the clock before their next event. Returns whether any of them has
/// recorded something since the last time.
pub(crate) fn call_threads() -> bool {
    CHUNKS.call()
}

/// The sleep of a thread, recorded from its beginning until this is dropped.
#[derive(Debug)]
pub(crate) struct Sleep(());

impl Sleep {
    /// It begins, if events are recorded.
    pub(crate) fn begin() -> Option<Self> {
        is_on().then(|| {
            record_timed(What::Sleeps);
            Sleep(())
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        record_timed(What::Rises);
    }
}

/// Records an event of this thread.
#[inline(always)] // Which event it is is known where it is called.
pub(crate) fn record(what: What) {
    let record = encoding::encode(what);
    let is_kept = CHUNK.get().is_some_and(|chunk| chunk.add(record));
    if !is_kept {
        record_after_look(record, Next::AsUsual);
    }
}

/// Records an event of this thread with the time that the clock shows, and the next one as well:
/// the thread does not go on as it did.
pub(crate) fn record_timed(what: What) {
    record_after_look(encoding::encode(what), Next::Timed);
}

/// The thread does not go on as it did: its next event is recorded with the time of the clock.
pub(crate) fn time_next() {
    if let Some(chunk) = CHUNK.get() {
        chunk.allow(0);
    }
}

/// Whether the next event is recorded with the time of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Timed,
    /// As it is for most.
    AsUsual,
}

/// Looks at the clock, and records an event at that time.
#[cold]
#[inline(never)]
fn record_after_look(record: Record, next: Next) {
    let last = LAST.get();
    let before = CHUNK.get();
    let is_called = before.is_some_and(Chunk::is_called);
    let n_events = before.map_or(0, |chunk| chunk.n().saturating_sub(last.n)) as u64 + 1;
    let chunk = before.filter(|chunk| chunk.n() + 2 <= ROOM);
    // Else the thread ends.
    let Some(chunk) = chunk.or_else(next_chunk) else {
        return;
    };
    let stamp = stamps::now();
    let look = Look { stamp, is_called };
    chunk.push(encoding::encode_look(look));
    chunk.push(record);
    let step = match next {
        Next::Timed => 1,
        Next::AsUsual => last.next_step(stamp, n_events),
    };
    chunk.allow(step as usize - 1);
    LAST.set(LastLook {
        stamp,
        n: chunk.n(),
        step,
    });
}

impl LastLook {
    /// How many events the thread records before it looks again, if it has recorded `n` since and
    /// the clock shows `now`.
    fn next_step(self, now: u64, n: u64) -> u64 {
        let elapsed = now.saturating_sub(self.stamp).max(1);
        // Events that were close to one another may not stay so.
        let most = MOST_UNSEEN.min(2 * self.step);
        (APART.saturating_mul(n) / elapsed).clamp(1, most)
    }
}

/// A chunk for a thread whose own one is full, or that has none. `None`: the thread ends.
fn next_chunk() -> Option<&'static Chunk> {
    OWNED
        .try_with(|owned| {
            let mut owned = owned.try_borrow_mut().ok()?;
            let chunk = match owned.take() {
                Some(old) => {
                    // Not closed twice.
                    let chunk = CHUNKS.turn(old.0);
                    std::mem::forget(old);
                    chunk
                }
                None => Some(CHUNKS.open(Arc::new(this_thread()))),
            };
            *owned = chunk.map(Owned);
            CHUNK.set(chunk);
            chunk
        })
        .ok()?
}

fn this_thread() -> Thread {
    static BEFORE: AtomicU64 = AtomicU64::new(0);
    Thread {
        number: BEFORE.fetch_add(1, Ordering::Relaxed),
        name: thread::current().name().unwrap_or("a thread").to_owned(),
    }
}

/// The chunk of a thread, which is closed with this.
#[derive(Debug)]
struct Owned(&'static Chunk);

impl Drop for Owned {
    fn drop(&mut self) {
        CHUNK.set(None);
        CHUNKS.close(self.0);
    }
}

/// Remembers the name of a vthread.
pub(crate) fn name(number: u64, name: &str) {
    let mut names = NAMES.lock();
    if names.len() < MOST_NAMES {
        names.insert(number, name.into());
    }
}

/// The names of the vthreads that have one, by their numbers.
pub(crate) fn names() -> HashMap<u64, Arc<str>> {
    NAMES.lock().clone()
}

/// What has been recorded so far.
pub(crate) fn recorded() -> Recorded {
    let pieces = CHUNKS.read();
    // After the last event.
    let now = stamps::now();
    let scale = Scale::now();
    let mut threads: BTreeMap<u64, (Arc<Thread>, Vec<Record>)> = BTreeMap::new();
    for (thread, records) in pieces {
        let of_thread = threads
            .entry(thread.number)
            .or_insert_with(|| (thread, Vec::new()));
        of_thread.1.extend(records);
    }
    let place = |(thread, records): (_, Vec<Record>)| {
        let placed = placing::place(records.into_iter(), encoding::decode_look, now);
        let events = placed.into_iter().filter_map(|event| decode(event, scale));
        (thread, events.collect())
    };
    Recorded {
        now: scale.nanos(now),
        threads: threads.into_values().map(place).collect(),
    }
}

fn decode(placed: Placed, scale: Scale) -> Option<Event> {
    let what = encoding::decode(placed.record)?;
    Some(Event {
        at: scale.nanos(placed.at),
        earliest: scale.nanos(placed.earliest),
        latest: scale.nanos(placed.latest),
        what,
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_a_vthread_that_waits_has_a_reason() {
        assert_eq!(Then::waits(3).reason(), Some(3));
        assert_eq!(Then::ENDS.reason(), None);
        assert_eq!(Then::NO_POLL.reason(), None);
        assert_eq!(Then::YIELDS.reason(), None);
    }

    #[test]
    fn the_clock_is_looked_at_as_seldom_as_events_are_close() {
        let last = |step| LastLook {
            stamp: 1_000,
            n: 2,
            step,
        };
        let after = |step, elapsed, n| last(step).next_step(1_000 + elapsed, n);
        assert_eq!(after(256, 256 * 10, 256), 256, "no more than that");
        assert_eq!(after(64, 64 * APART / 16, 64), 16);
        assert_eq!(after(8, 8 * 10, 8), 16, "step by step");
        assert_eq!(after(8, 100 * APART, 8), 1, "one of them was long");
        assert_eq!(after(1, APART, 1), 1);
    }
}
