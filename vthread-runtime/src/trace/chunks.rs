//! The memory of the timeline: chunks of events, of which each OS thread fills one.
//!
//! A thread writes to its own chunk with plain stores, and says with one more how many events are
//! in it. When it is full, or the thread ends, the chunk is *closed*: it is not written any more,
//! and waits behind the others that are. A thread that needs a chunk gets a new one, until there
//! are as many as there may be; then the one that was closed first, whose events are forgotten.
//!
//! A chunk also says after how many events its thread looks at the clock next: so the usual event
//! costs one comparison for the room and the clock together. The thread sets that number itself,
//! and another one may *call* it: set the number to zero.
//!
//! Chunks change hands under the lock under which they are read. So a reader sees of each the
//! events of one thread, all that were complete when it looked.

#![allow(unsafe_code)] // Locations are kept by address.

use crate::primitive::{AtomicPtr, AtomicU64, AtomicUsize, Mutex, Ordering, const_unless_modelled};
use std::collections::VecDeque;
use std::panic::Location;
use std::ptr;
use std::sync::Arc;

/// How many events a chunk has. A power of two.
pub(super) const ROOM: usize = if cfg!(loom) { 2 } else { 1024 };

/// An event, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// What happened, and to which vthread.
    pub(super) what: u64,
    /// The place in the program.
    pub(super) site: Option<&'static Location<'static>>,
}

#[derive(Debug)]
#[cfg_attr(not(loom), repr(align(16)))] // No event is in two lines of a cache.
struct Slot {
    what: AtomicU64,
    site: AtomicPtr<Location<'static>>,
}

impl Slot {
    fn new() -> Self {
        Slot {
            what: AtomicU64::new(0),
            site: AtomicPtr::new(ptr::null_mut()),
        }
    }

    #[inline]
    fn write(&self, record: Record) {
        let site = record.site.map_or(ptr::null(), ptr::from_ref);
        self.what.store(record.what, Ordering::Relaxed);
        self.site.store(site.cast_mut(), Ordering::Relaxed);
    }

    fn read(&self) -> Record {
        let site = self.site.load(Ordering::Relaxed);
        Record {
            what: self.what.load(Ordering::Relaxed),
            // SAFETY: null, or from a reference that is valid as long as the program runs. It is
            // only read.
            site: unsafe { site.cast_const().as_ref() },
        }
    }
}

/// Events of one thread, oldest first.
#[derive(Debug)]
#[cfg_attr(not(loom), repr(align(64)))]
pub(super) struct Chunk {
    /// How many there are. Written by the thread whose chunk it is.
    n: AtomicUsize,
    /// How many there are when the thread looks at the clock next: at most `ROOM`.
    limit: AtomicUsize,
    slots: [Slot; ROOM],
}

impl Chunk {
    fn leaked() -> &'static Self {
        Box::leak(Box::new(Chunk {
            n: AtomicUsize::new(0),
            limit: AtomicUsize::new(0),
            slots: std::array::from_fn(|_| Slot::new()),
        }))
    }

    /// Adds an event, unless the thread is to look at the clock first. Only the thread whose chunk
    /// it is may call this.
    #[inline]
    pub(super) fn add(&self, record: Record) -> bool {
        let n = self.n.load(Ordering::Relaxed);
        if n >= self.limit.load(Ordering::Relaxed) {
            return false;
        }
        self.write(n, record);
        true
    }

    /// Adds an event in any case, if there is room. As above.
    pub(super) fn push(&self, record: Record) -> bool {
        let n = self.n();
        if n < ROOM {
            self.write(n, record);
        }
        n < ROOM
    }

    #[inline]
    fn write(&self, n: usize, record: Record) {
        self.slots[n % ROOM].write(record);
        // A reader of the number sees the event.
        self.n.store(n + 1, Ordering::Release);
    }

    /// How many events there are, as their thread sees it.
    pub(super) fn n(&self) -> usize {
        self.n.load(Ordering::Relaxed)
    }

    /// Adds `more` events before the thread looks at the clock. As above.
    pub(super) fn allow(&self, more: usize) {
        let limit = ROOM.min(self.n() + more);
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Asks the thread to look at the clock before its next event. False: that was asked already.
    fn call(&self) -> bool {
        let is_new = !self.is_called();
        if is_new {
            // A limit that the thread sets at this moment may take its place: then the thread has
            // just looked.
            self.limit.store(0, Ordering::Relaxed);
        }
        is_new
    }

    /// Whether the thread was asked that.
    pub(super) fn is_called(&self) -> bool {
        self.limit.load(Ordering::Relaxed) == 0
    }

    fn records(&self) -> Vec<Record> {
        let n = self.n.load(Ordering::Acquire);
        self.slots[..n].iter().map(Slot::read).collect()
    }
}

/// A chunk, and the thread whose events are in it.
#[derive(Debug)]
struct Entry<T> {
    thread: Arc<T>,
    chunk: &'static Chunk,
}

/// All chunks. `T` describes a thread.
#[derive(Debug)]
pub(super) struct Chunks<T>(Mutex<Kept<T>>);

#[derive(Debug)]
struct Kept<T> {
    /// Those that are written to: one of each thread that records.
    open: Vec<Entry<T>>,
    /// The others, in the order in which they were closed.
    closed: VecDeque<Entry<T>>,
    /// How many there may be; but each thread has one.
    most: usize,
}

impl<T> Chunks<T> {
    const_unless_modelled! {
        /// `most` chunks at the most, or one for each thread that records.
        pub(super) const fn new(most: usize) -> Self {
            Chunks(Mutex::new(Kept {
                open: Vec::new(),
                closed: VecDeque::new(),
                most,
            }))
        }
    }

    /// From now on there may be so many.
    pub(super) fn limit(&self, most: usize) {
        self.0.lock().most = most;
    }

    /// A chunk for a thread that has none.
    pub(super) fn open(&self, thread: Arc<T>) -> &'static Chunk {
        self.0.lock().open(thread)
    }

    /// Closes the chunk of a thread, and gives it another one.
    pub(super) fn turn(&self, full: &'static Chunk) -> Option<&'static Chunk> {
        let mut kept = self.0.lock();
        let thread = kept.close(full)?;
        Some(kept.open(thread))
    }

    /// Closes the chunk of a thread that ends.
    pub(super) fn close(&self, chunk: &'static Chunk) {
        self.0.lock().close(chunk);
    }

    /// Calls all threads. Returns whether any of them has looked at the clock since the last time.
    pub(super) fn call(&self) -> bool {
        let kept = self.0.lock();
        let called = kept.open.iter().filter(|entry| entry.chunk.call());
        called.count() > 0
    }

    /// All events, in pieces: those of one thread in the order in which they happened.
    pub(super) fn read(&self) -> Vec<(Arc<T>, Vec<Record>)> {
        let kept = self.0.lock();
        let entries = kept.closed.iter().chain(&kept.open);
        entries
            .map(|entry| (entry.thread.clone(), entry.chunk.records()))
            .collect()
    }
}

impl<T> Kept<T> {
    fn open(&mut self, thread: Arc<T>) -> &'static Chunk {
        let n = self.open.len() + self.closed.len();
        let used = match n < self.most {
            true => None,
            false => self.closed.pop_front(),
        };
        let chunk = match used {
            Some(entry) => {
                // Its thread has left it, and the lock is held: nothing else looks at it.
                entry.chunk.n.store(0, Ordering::Relaxed);
                entry.chunk.limit.store(0, Ordering::Relaxed);
                entry.chunk
            }
            None => Chunk::leaked(),
        };
        self.open.push(Entry { thread, chunk });
        chunk
    }

    fn close(&mut self, chunk: &'static Chunk) -> Option<Arc<T>> {
        let is_it = |entry: &Entry<T>| ptr::eq(entry.chunk, chunk);
        let at = self.open.iter().position(is_it)?;
        let entry = self.open.swap_remove(at);
        let thread = entry.thread.clone();
        self.closed.push_back(entry);
        Some(thread)
    }
}

/// An event all of whose parts say the same.
#[cfg(test)]
fn record(n: u64) -> Record {
    Record {
        what: n,
        site: None,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Adds an event for a thread whose chunk may be full.
    fn add(chunks: &Chunks<&'static str>, chunk: &mut &'static Chunk, n: u64) {
        if !chunk.push(record(n)) {
            *chunk = chunks.turn(chunk).unwrap();
            assert!(chunk.push(record(n)));
        }
    }

    fn of(chunks: &Chunks<&'static str>, thread: &str) -> Vec<u64> {
        let all = chunks.read().into_iter();
        let of_it = all.filter(|(whose, _)| **whose == thread);
        of_it
            .flat_map(|(_, records)| records)
            .map(|record| record.what)
            .collect()
    }

    #[test]
    fn the_newest_events_are_kept() {
        let chunks = Chunks::new(3);
        let mut chunk = chunks.open(Arc::new("one"));
        let n = 10 * ROOM as u64 + 7;
        for at in 0..n {
            add(&chunks, &mut chunk, at);
        }
        let first = 8 * ROOM as u64;
        assert_eq!(of(&chunks, "one"), (first..n).collect::<Vec<_>>());
    }

    #[test]
    fn threads_that_have_ended_leave_their_events_until_there_is_need() {
        let chunks = Chunks::new(2);
        for at in 0..1000 {
            let chunk = chunks.open(Arc::new("short"));
            assert!(chunk.push(record(at)));
            chunks.close(chunk);
        }
        assert_eq!(of(&chunks, "short"), [998, 999]);
        assert_eq!(chunks.read().len(), 2);
        let threads = ["a", "b", "c"].map(|name| chunks.open(Arc::new(name)));
        assert_eq!(chunks.read().len(), 3, "one for each");
        assert_eq!(of(&chunks, "short"), []);
        assert!(threads.iter().all(|chunk| chunk.push(record(5))));
        assert_eq!(of(&chunks, "b"), [5]);
    }

    #[test]
    fn a_thread_looks_at_the_clock_when_it_is_called_or_has_used_its_events_up() {
        let chunks = Chunks::new(2);
        let chunk = chunks.open(Arc::new("one"));
        assert!(chunk.is_called() && !chunk.add(record(0)));
        assert!(!chunks.call(), "it is called already");
        chunk.allow(2);
        assert!(chunk.add(record(1)) && chunk.add(record(2)) && !chunk.add(record(3)));
        assert!(!chunk.is_called());
        chunk.allow(9);
        assert!(chunks.call() && !chunk.add(record(3)));
        chunk.allow(2 * ROOM);
        let n = (0..2 * ROOM as u64).take_while(|n| chunk.add(record(*n)));
        assert_eq!(n.count(), ROOM - 2, "there is no more room");
        assert_eq!(of(&chunks, "one")[..3], [1, 2, 0]);
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;

    /// A reader sees whole events, each once, in their order, while a thread writes, is called,
    /// turns its chunk over, and takes one that has been read; and all that it saw before it began.
    #[test]
    fn loom_timeline_a_reader_sees_whole_events() {
        loom::model(|| {
            let chunks = std::sync::Arc::new(Chunks::new(2));
            let mut chunk = chunks.open(Arc::new(()));
            chunk.allow(2);
            assert!(chunk.add(record(1)));
            let writer = {
                let chunks = chunks.clone();
                loom::thread::spawn(move || {
                    for n in 2..=5 {
                        if chunk.add(record(n)) {
                            continue;
                        }
                        if !chunk.push(record(n)) {
                            chunk = chunks.turn(chunk).unwrap();
                            assert!(chunk.push(record(n)));
                        }
                        chunk.allow(1);
                    }
                })
            };
            chunks.call();
            let seen = chunks.read();
            let seen: Vec<Record> = seen.into_iter().flat_map(|(_, records)| records).collect();
            for pair in seen.windows(2) {
                assert_eq!(pair[0].what + 1, pair[1].what);
            }
            assert!(seen.iter().all(|seen| *seen == record(seen.what)));
            assert!(!seen.is_empty());
            writer.join().unwrap();
            let last = chunks.read().into_iter().flat_map(|(_, records)| records);
            assert_eq!(last.last(), Some(record(5)));
        });
    }
}
