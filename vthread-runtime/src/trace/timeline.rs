//! What has happened when, for `VTHREAD_TRACE`: events in a bounded ring of each OS thread.
//!
//! Nothing is recorded until it is switched on, which is when the runtime starts. Then each event
//! takes the present time and the uncontended lock of the thread's own ring; the oldest events make
//! room for new ones. `inspect/timeline.rs` writes them down.

use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::panic::Location;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// How many events each thread keeps.
const ROOM: usize = 1 << 15;
/// How many names of vthreads are kept.
const MOST_NAMES: usize = 1 << 16;

static IS_ON: AtomicBool = AtomicBool::new(false);
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
/// The rings of all threads, also of those that have ended.
static RINGS: Mutex<Vec<&'static Ring>> = Mutex::new(Vec::new());
/// The names of vthreads that have one.
static NAMES: LazyLock<Mutex<HashMap<u64, String>>> = LazyLock::new(Mutex::default);

thread_local! {
    static RING: Cell<Option<&'static Ring>> = const { Cell::new(None) };
}

/// The events of a thread, oldest first.
#[derive(Debug)]
pub(crate) struct Ring {
    /// The name of the thread.
    pub(crate) thread: String,
    pub(crate) events: Mutex<VecDeque<Event>>,
}

/// What has happened, to which vthread, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    /// In nanoseconds since the beginning.
    pub(crate) at: u64,
    pub(crate) what: What,
}

/// A vthread, by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) id: u64,
    /// The location of its `spawn!`, or of the call.
    pub(crate) site: &'static Location<'static>,
    /// It is a blocking call, whose number is not a task's.
    pub(crate) is_call: bool,
}

/// Each has happened on the thread whose ring it is in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// It was spawned.
    Spawned(Subject),
    /// It was polled, since that time.
    Polled {
        subject: Subject,
        since: u64,
        /// What it does then, as words; none of these: it has ended.
        then: Option<&'static str>,
    },
    /// It was woken.
    Woken(Subject),
    /// It was cancelled.
    Cancelled(Subject),
    /// The thread has taken vthreads from another one's queue.
    Stole,
    /// The thread has slept, since that time.
    Slept { since: u64 },
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
    LazyLock::force(&BEGINNING);
    IS_ON.store(true, Ordering::Relaxed);
}

/// The present time, in nanoseconds since the beginning.
pub(crate) fn now() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The sleep of a thread, recorded when this is dropped.
#[derive(Debug)]
pub(crate) struct Sleep {
    since: Option<u64>,
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

/// Records an event of this thread.
#[cold]
#[inline(never)]
pub(crate) fn record(what: What) {
    let Ok(ring) = RING.try_with(|ring| ring.get().unwrap_or_else(|| begin(ring))) else {
        // The thread ends.
        return;
    };
    let event = Event { at: now(), what };
    let mut events = ring.events.lock();
    if events.len() == ROOM {
        events.pop_front();
    }
    events.push_back(event);
}

fn begin(place: &Cell<Option<&'static Ring>>) -> &'static Ring {
    let thread = thread::current();
    let ring: &'static Ring = Box::leak(Box::new(Ring {
        thread: thread.name().unwrap_or("a thread").to_owned(),
        events: Mutex::default(),
    }));
    place.set(Some(ring));
    RINGS.lock().push(ring);
    ring
}

/// Remembers the name of a vthread.
pub(crate) fn name(id: u64, name: &str) {
    let mut names = NAMES.lock();
    if names.len() < MOST_NAMES {
        names.insert(id, name.to_owned());
    }
}

/// The names of the vthreads that have one.
pub(crate) fn names() -> HashMap<u64, String> {
    NAMES.lock().clone()
}

/// The rings of all threads.
pub(crate) fn rings() -> Vec<&'static Ring> {
    RINGS.lock().clone()
}
