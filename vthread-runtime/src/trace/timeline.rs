//! What has happened when, for `VTHREAD_TRACE`: events in bounded memory.
//!
//! Nothing is recorded until it is switched on, which is when the runtime starts. Then an event is
//! a stamp of time (`stamps.rs`) and five stores to a chunk of the OS thread's own (`chunks.rs`);
//! the oldest events make room for new ones. All that can wait is done when they are read: names,
//! places, nanoseconds. `inspect/timeline.rs` writes them down.

use super::chunks::{Chunk, Chunks, Record};
use super::stamps::{self, Scale};
use crate::primitive::process_wide;
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;

/// How many chunks there are for each processor of the machine: 32,768 events, in a megabyte.
const CHUNKS_FOR_EACH: usize = 128;
/// For how many processors there are chunks at least.
const LEAST_PROCESSORS: usize = 4;
/// How many names of vthreads are kept.
const MOST_NAMES: usize = 1 << 16;

static IS_ON: AtomicBool = AtomicBool::new(false);
process_wide! {
    static CHUNKS: Chunks<Thread> = Chunks::new(CHUNKS_FOR_EACH * LEAST_PROCESSORS);
}
/// The names of vthreads that have one.
static NAMES: LazyLock<Mutex<HashMap<u64, Arc<str>>>> = LazyLock::new(Mutex::default);

thread_local! {
    /// What the thread writes to. It has no destructor, so that a look at it costs one load.
    static CHUNK: Cell<Option<&'static Chunk>> = const { Cell::new(None) };
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

/// What has happened, to which vthread, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// In nanoseconds since the beginning.
    pub(crate) at: u64,
    pub(crate) what: What<u64>,
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

/// A point in time: what `now` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

/// Each has happened on the thread that has recorded it. `T` is a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What<T = Stamp> {
    /// It was spawned.
    Spawned(Subject),
    /// It was polled, since that time.
    Polled {
        subject: Subject,
        since: T,
        /// What it waits for then, as a number that the layer above knows. None: it has ended.
        then: Option<u8>,
    },
    /// It was woken.
    Woken(Subject),
    /// It was cancelled.
    Cancelled(Subject),
    /// The thread has taken vthreads from another one's queue.
    Stole,
    /// The thread has slept, since that time.
    Slept { since: T },
    /// So many timers were due.
    Timers(usize),
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

/// The present time, for what this thread does next.
#[inline]
pub(crate) fn now() -> Stamp {
    Stamp(stamps::now())
}

/// The present time, not before what the thread has learned from others: for a vthread that was
/// taken from where they have put it.
pub(crate) fn now_after_others() -> Stamp {
    Stamp(stamps::ordered())
}

/// The sleep of a thread, recorded when this is dropped.
#[derive(Debug)]
pub(crate) struct Sleep {
    since: Option<Stamp>,
}

impl Sleep {
    /// It begins.
    pub(crate) fn begin() -> Self {
        Sleep {
            since: is_on().then(now),
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(since) = self.since {
            record(What::Slept { since });
        }
    }
}

/// Records an event of this thread, which has happened now.
#[inline]
pub(crate) fn record(what: What) {
    record_at(now(), what);
}

/// Records an event of this thread.
#[inline(always)] // Which event it is is known where it is called.
pub(crate) fn record_at(at: Stamp, what: What) {
    let record = encode(at, what);
    let is_kept = CHUNK.get().is_some_and(|chunk| chunk.add(record));
    if !is_kept {
        record_elsewhere(record);
    }
}

/// The same for a thread whose chunk is full, or that has none.
#[cold]
#[inline(never)]
fn record_elsewhere(record: Record) {
    let is_owned = OWNED.try_with(|owned| {
        let Ok(mut owned) = owned.try_borrow_mut() else {
            return;
        };
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
    });
    // Else the thread ends.
    if is_owned.is_ok()
        && let Some(chunk) = CHUNK.get()
    {
        chunk.add(record);
    }
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

/// What has been recorded, in pieces: the events of one thread are in the order in which they
/// happened.
pub(crate) fn events() -> Vec<(Arc<Thread>, Vec<Event>)> {
    let pieces = CHUNKS.read();
    // After the last event.
    let scale = Scale::now();
    let of_piece = |(thread, records): (_, Vec<Record>)| {
        let events = records.into_iter().filter_map(|kept| decode(kept, scale));
        (thread, events.collect())
    };
    pieces.into_iter().map(of_piece).collect()
}

/// The kinds of events, in the lowest four bits of a record's `what`. Then come four bits that say
/// what the number is, a byte for what the vthread does then, and 48 bits for its number, as many
/// as an address has.
mod kind {
    pub(super) const SPAWNED: u64 = 0;
    pub(super) const POLLED: u64 = 1;
    pub(super) const WOKEN: u64 = 2;
    pub(super) const CANCELLED: u64 = 3;
    pub(super) const STOLE: u64 = 4;
    pub(super) const SLEPT: u64 = 5;
    pub(super) const TIMERS: u64 = 6;
    pub(super) const READY: u64 = 7;
    /// Polled for the last time.
    pub(super) const ENDED: u64 = 8;
    pub(super) const BITS: u64 = 0xf;
}
/// What the number is, in the two bits that follow: if neither is set, a vthread's address.
const NAMED: u64 = 1 << 4;
const CALL: u64 = 1 << 5;
const THEN: u32 = 8;
const NUMBER: u32 = 16;

#[inline(always)] // As above.
fn encode(at: Stamp, what: What) -> Record {
    let of = |kind: u64, subject: Subject, more: u64| {
        let (tag, number) = match subject.who {
            Who::At(address) => (0, address as u64),
            Who::Named(number) => (NAMED, number),
            Who::Call(address) => (CALL, address as u64),
        };
        Record {
            at: at.0,
            what: kind | tag | number << NUMBER,
            more,
            site: Some(subject.site),
        }
    };
    let plain = |what: u64, more: u64| Record {
        at: at.0,
        what,
        more,
        site: None,
    };
    match what {
        What::Spawned(subject) => of(kind::SPAWNED, subject, 0),
        What::Polled {
            subject,
            since,
            then: Some(then),
        } => of(kind::POLLED | u64::from(then) << THEN, subject, since.0),
        What::Polled {
            subject,
            since,
            then: None,
        } => of(kind::ENDED, subject, since.0),
        What::Woken(subject) => of(kind::WOKEN, subject, 0),
        What::Cancelled(subject) => of(kind::CANCELLED, subject, 0),
        What::Stole => plain(kind::STOLE, 0),
        What::Slept { since } => plain(kind::SLEPT, since.0),
        What::Timers(n) => plain(kind::TIMERS, n as u64),
        What::Ready => plain(kind::READY, 0),
    }
}

fn decode(record: Record, scale: Scale) -> Option<Event> {
    let subject = || {
        let number = record.what >> NUMBER;
        Some(Subject {
            who: match record.what & (NAMED | CALL) {
                0 => Who::At(number as usize),
                NAMED => Who::Named(number),
                _ => Who::Call(number as usize),
            },
            site: record.site?,
        })
    };
    let since = || scale.nanos(record.more);
    let polled = |then| {
        Some(What::Polled {
            subject: subject()?,
            since: since(),
            then,
        })
    };
    let what = match record.what & kind::BITS {
        kind::SPAWNED => What::Spawned(subject()?),
        kind::POLLED => polled(Some((record.what >> THEN) as u8))?,
        kind::ENDED => polled(None)?,
        kind::WOKEN => What::Woken(subject()?),
        kind::CANCELLED => What::Cancelled(subject()?),
        kind::STOLE => What::Stole,
        kind::SLEPT => What::Slept { since: since() },
        kind::TIMERS => What::Timers(record.more as usize),
        kind::READY => What::Ready,
        _ => return None,
    };
    Some(Event {
        at: scale.nanos(record.at),
        what,
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let subject = |who| Subject {
            who,
            site: Location::caller(),
        };
        let large = subject(Who::Call((1 << 48) - 1));
        let small = subject(Who::Named(1));
        let local = 0_u64;
        let unnamed = subject(Who::At(std::ptr::from_ref(&local).addr()));
        let polled = |then| What::Polled {
            subject: small,
            since: Stamp(7),
            then,
        };
        let read = |what| decode(encode(Stamp(9), what), Scale::nanoseconds()).unwrap();
        for then in [None, Some(0), Some(255)] {
            let wanted = What::Polled {
                subject: small,
                since: 7,
                then,
            };
            assert_eq!(
                read(polled(then)),
                Event {
                    at: 9,
                    what: wanted
                }
            );
        }
        assert_eq!(read(What::Spawned(large)).what, What::Spawned(large));
        assert_eq!(read(What::Woken(small)).what, What::Woken(small));
        assert_eq!(read(What::Woken(unnamed)).what, What::Woken(unnamed));
        assert_eq!(read(What::Cancelled(large)).what, What::Cancelled(large));
        assert_eq!(read(What::Stole).what, What::Stole);
        assert_eq!(read(What::Ready).what, What::Ready);
        assert_eq!(read(What::Timers(3)).what, What::Timers(3));
        let slept = What::Slept { since: Stamp(2) };
        assert_eq!(read(slept).what, What::Slept { since: 2 });
    }
}
