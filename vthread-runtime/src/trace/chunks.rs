//! The memory of the timeline: chunks of events, of which each OS thread fills one.
//!
//! A thread writes to its own chunk with plain stores, and says with one more how many events are
//! in it. When it is full, or the thread ends, the chunk is *closed*: it is not written any more,
//! and waits behind the others that are. A thread that needs a chunk gets a new one, until there
//! are as many as there may be; then the one that was closed first, whose events are forgotten.
//!
//! Chunks change hands under the lock under which they are read. So a reader sees of each the
//! events of one thread, all that were complete when it looked.

#![allow(unsafe_code)] // Locations are kept by address.

use crate::primitive::{AtomicPtr, AtomicU64, AtomicUsize, Mutex, Ordering, const_unless_modelled};
use std::collections::VecDeque;
use std::panic::Location;
use std::ptr;
use std::sync::Arc;

/// How many events a chunk has.
pub(super) const ROOM: usize = if cfg!(loom) { 2 } else { 256 };

/// An event, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// When it happened: a stamp.
    pub(super) at: u64,
    /// What happened, and to which vthread.
    pub(super) what: u64,
    /// What else there is to say: a stamp, a number.
    pub(super) more: u64,
    /// The place in the program.
    pub(super) site: Option<&'static Location<'static>>,
}

#[derive(Debug)]
#[cfg_attr(not(loom), repr(align(32)))] // No event is in two lines of a cache.
struct Slot {
    at: AtomicU64,
    what: AtomicU64,
    more: AtomicU64,
    site: AtomicPtr<Location<'static>>,
}

impl Slot {
    fn new() -> Self {
        Slot {
            at: AtomicU64::new(0),
            what: AtomicU64::new(0),
            more: AtomicU64::new(0),
            site: AtomicPtr::new(ptr::null_mut()),
        }
    }

    #[inline]
    fn write(&self, record: Record) {
        let site = record.site.map_or(ptr::null(), ptr::from_ref);
        self.at.store(record.at, Ordering::Relaxed);
        self.what.store(record.what, Ordering::Relaxed);
        self.more.store(record.more, Ordering::Relaxed);
        self.site.store(site.cast_mut(), Ordering::Relaxed);
    }

    fn read(&self) -> Record {
        let site = self.site.load(Ordering::Relaxed);
        Record {
            at: self.at.load(Ordering::Relaxed),
            what: self.what.load(Ordering::Relaxed),
            more: self.more.load(Ordering::Relaxed),
            // SAFETY: null, or from a reference that is valid as long as the program runs. It is
            // only read.
            site: unsafe { site.cast_const().as_ref() },
        }
    }
}

/// Events of one thread, oldest first.
#[derive(Debug)]
pub(super) struct Chunk {
    /// How many there are. Written by the thread whose chunk it is.
    n: AtomicUsize,
    slots: Box<[Slot]>,
}

impl Chunk {
    fn leaked() -> &'static Self {
        Box::leak(Box::new(Chunk {
            n: AtomicUsize::new(0),
            slots: (0..ROOM).map(|_| Slot::new()).collect(),
        }))
    }

    /// Adds an event, if there is room. Only the thread whose chunk it is may call this.
    #[inline]
    pub(super) fn add(&self, record: Record) -> bool {
        let n = self.n.load(Ordering::Relaxed);
        let Some(slot) = self.slots.get(n) else {
            return false;
        };
        slot.write(record);
        // A reader of the number sees the event.
        self.n.store(n + 1, Ordering::Release);
        true
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
        at: n,
        what: n,
        more: n,
        site: None,
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Adds an event for a thread whose chunk may be full.
    fn add(chunks: &Chunks<&'static str>, chunk: &mut &'static Chunk, n: u64) {
        if !chunk.add(record(n)) {
            *chunk = chunks.turn(chunk).unwrap();
            assert!(chunk.add(record(n)));
        }
    }

    fn of(chunks: &Chunks<&'static str>, thread: &str) -> Vec<u64> {
        let all = chunks.read().into_iter();
        let of_it = all.filter(|(whose, _)| **whose == thread);
        of_it
            .flat_map(|(_, records)| records)
            .map(|record| record.at)
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
            assert!(chunk.add(record(at)));
            chunks.close(chunk);
        }
        assert_eq!(of(&chunks, "short"), [998, 999]);
        assert_eq!(chunks.read().len(), 2);
        let threads = ["a", "b", "c"].map(|name| chunks.open(Arc::new(name)));
        assert_eq!(chunks.read().len(), 3, "one for each");
        assert_eq!(of(&chunks, "short"), []);
        assert!(threads.iter().all(|chunk| chunk.add(record(5))));
        assert_eq!(of(&chunks, "b"), [5]);
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;

    /// A reader sees whole events, each once, in their order, while a thread writes, turns its
    /// chunk over, and takes one that has been read; and all that it saw before it began.
    #[test]
    fn loom_timeline_a_reader_sees_whole_events() {
        loom::model(|| {
            let chunks = std::sync::Arc::new(Chunks::new(2));
            let mut chunk = chunks.open(Arc::new(()));
            assert!(chunk.add(record(1)));
            let writer = {
                let chunks = chunks.clone();
                loom::thread::spawn(move || {
                    for n in 2..=5 {
                        if !chunk.add(record(n)) {
                            chunk = chunks.turn(chunk).unwrap();
                            assert!(chunk.add(record(n)));
                        }
                    }
                })
            };
            let seen = chunks.read();
            let seen: Vec<Record> = seen.into_iter().flat_map(|(_, records)| records).collect();
            for pair in seen.windows(2) {
                assert_eq!(pair[0].at + 1, pair[1].at);
            }
            assert!(seen.iter().all(|seen| *seen == record(seen.at)));
            assert!(!seen.is_empty());
            writer.join().unwrap();
            let last = chunks.read().into_iter().flat_map(|(_, records)| records);
            assert_eq!(last.last(), Some(record(5)));
        });
    }
}
