//! The group of the process, and its end.
//!
//! The children of the process (`background!`) have no enclosing group and borrow nothing. They are
//! cancelled and joined when a `#[vthread] fn main` returns, or by `vthread::shutdown()`; and so
//! are the blocking calls of plain threads, which nothing else can cancel.

use super::plain_threads;
use crate::base::unwind::{Payload, drop_quietly};
use crate::cancel::reason::CancelReason;
use crate::config;
use crate::group::cancel::{Reach, Walk};
use crate::group::collect::Failures;
use crate::group::node::{Node, ProcessGroup};
use crate::task::current;
use crate::task::header::{Header, Held};
use crate::task::root::Root;
use crate::trace;
use parking_lot::{Condvar, Mutex};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

/// The error type of a child of the process: `?` in a `background!` converts to it.
pub type BackgroundError = Box<dyn Error + Send + Sync>;

/// How many failures are kept for `shutdown`.
const MOST_FAILURES: usize = 1000;

/// The time after the grace in which a call may end.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The group of the process.
pub(crate) struct Process {
    pub(crate) node: Arc<Node>,
    /// Its end has begun.
    is_ending: AtomicBool,
    /// A test waits for the end of its children.
    is_awaited: AtomicBool,
    /// The call of the test whose group it is.
    pub(crate) body: Mutex<Weak<Root>>,
    locked: Mutex<Locked>,
    /// Notified at each end that the end of the process waits for.
    ended: Condvar,
}

#[derive(Default)]
struct Locked {
    /// Failures of children, in order of time.
    failures: Vec<BackgroundFailure>,
    /// The number of calls of plain threads that were cancelled and have not ended.
    n_calls: usize,
    /// The signal that has begun the end, if one has.
    signal: Option<i32>,
}

impl Process {
    pub(crate) fn get() -> &'static Process {
        static PROCESS: OnceLock<Process> = OnceLock::new();
        PROCESS.get_or_init(|| Process::with(Node::of_process(&TheProcess)))
    }

    /// The one of the code that runs here: that of a test, if a test has led here.
    pub(crate) fn current() -> &'static Process {
        super::of_test::current().unwrap_or_else(Process::get)
    }

    pub(super) fn with(node: Arc<Node>) -> Self {
        Process {
            node,
            is_ending: AtomicBool::new(false),
            is_awaited: AtomicBool::new(false),
            body: Mutex::new(Weak::new()),
            locked: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// The failures of its children so far.
    pub(crate) fn take_failures(&self) -> Vec<BackgroundFailure> {
        std::mem::take(&mut self.locked.lock().failures)
    }

    /// Keeps a failure for `shutdown`.
    pub(crate) fn record(&self, child: &Header, cause: Cause) {
        let failure = BackgroundFailure {
            name: child.name().cloned(),
            site: child.site(),
            cause,
        };
        trace::background_failure(&failure);
        let mut locked = self.locked.lock();
        if locked.failures.len() < MOST_FAILURES {
            locked.failures.push(failure);
        } else {
            // An error is a user's value: it is dropped outside the lock.
            drop(locked);
            crate::base::unwind::drop_quietly(failure);
        }
    }

    /// A child and everything of it are gone.
    pub(crate) fn left(&self, child: &Header) {
        self.node.unlink(child);
        // A waiter has set this before it looked at the node, under whose lock the child has left.
        if self.is_ending.load(Ordering::Relaxed) || self.is_awaited.load(Ordering::Relaxed) {
            drop(self.locked.lock());
            self.ended.notify_all();
        }
    }

    /// Cancels all children, and the calls of all plain threads. Does not wait. The first caller
    /// may name a signal as the cause.
    fn begin_end(&self, signal: Option<i32>) {
        self.begin_end_with(signal, plain_threads::mark_all);
    }

    /// The same, of the children and of the calls that `mark_calls` marks and counts.
    pub(super) fn begin_end_with(
        &self,
        signal: Option<i32>,
        mark_calls: impl FnOnce(&mut Walk) -> usize,
    ) {
        let mut walk = Walk::new();
        {
            // Held until the calls are counted: none of them can report its end before, and no
            // caller waits for an end that has only half begun.
            let mut locked = self.locked.lock();
            if self.is_ending.swap(true, Ordering::Relaxed) {
                return;
            }
            locked.signal = signal;
            self.node
                .cancel_level(Reach::Children, &CancelReason::Shutdown, &mut walk);
            locked.n_calls = mark_calls(&mut walk);
        }
        walk.begin_grace(self.node.clone(), Reach::Children);
        walk.finish();
    }

    /// Waits for the end of the children, and for that of the calls until `deadline`.
    fn join(&self, deadline: Option<Instant>) {
        let mut locked = self.locked.lock();
        while self.node.lock().members.alive > 0 {
            self.ended.wait(&mut locked);
        }
        while locked.n_calls > 0 {
            match deadline {
                None => self.ended.wait(&mut locked),
                Some(deadline) => {
                    if self.ended.wait_until(&mut locked, deadline).timed_out() {
                        return;
                    }
                }
            }
        }
    }
}

impl Process {
    /// Calls `visit` with every child, and with whether they are cancelled, under the group's lock.
    pub(crate) fn for_each_child(&self, mut visit: impl FnMut(Held<'_>, bool)) {
        let state = self.node.lock();
        let is_cancelled = state.cancel.reason.is_some();
        state.for_each_child(|child| visit(child, is_cancelled));
    }

    /// Whether it can be used as if it were new.
    pub(super) fn is_unused(&self) -> bool {
        !self.is_ending.load(Ordering::Relaxed) && self.node.lock().members.alive == 0
    }

    /// Waits until no child is left, at most until `deadline`. Returns whether none is.
    pub(super) fn wait_for_children(&self, deadline: Instant) -> bool {
        let mut locked = self.locked.lock();
        self.is_awaited.store(true, Ordering::Relaxed);
        while self.node.lock().members.alive > 0 {
            if self.ended.wait_until(&mut locked, deadline).timed_out() {
                return self.node.lock().members.alive == 0;
            }
        }
        true
    }
}

/// The process, for its children that were spawned through an owned handle.
#[derive(Debug)]
struct TheProcess;

impl ProcessGroup for TheProcess {
    fn record_panic(&self, child: &Header, payload: Payload) {
        Process::get().record(child, Cause::of_panic(payload));
    }

    fn left(&self, child: &Header) {
        Process::get().left(child);
    }
}

/// Begins the end of the process because of a signal: `main` is cancelled, and everything else.
/// Does not wait.
pub(crate) fn begin_end_by(signal: i32) {
    Process::get().begin_end(Some(signal));
}

/// Calls `visit` with every child of the process, or of a test, and with whether they are
/// cancelled, under the group's lock.
pub(crate) fn for_each_background(mut visit: impl FnMut(Held<'_>, bool)) {
    Process::get().for_each_child(&mut visit);
    for process in super::of_test::all() {
        process.for_each_child(&mut visit);
    }
}

/// The signal that has begun the end of the process, if one has.
pub(crate) fn exit_signal() -> Option<i32> {
    Process::get().locked.lock().signal
}

/// A call of a plain thread that was cancelled has ended.
pub(crate) fn call_ended() {
    let process = Process::get();
    process.locked.lock().n_calls -= 1;
    process.ended.notify_all();
}

/// Ends everything that the process still runs, in order: cancels the children of the process
/// (`background!`) and the blocking calls of all other threads, gives their cleanup its grace, and
/// joins them.
///
/// A `#[vthread] fn main` does this when it returns. A plain `main` that has started children of
/// the process calls it last; otherwise they are cut off where they are when `main` returns.
///
/// A child that never reaches a suspension point blocks it forever, as it would any group. A call
/// of another thread delays it no longer than the grace, since the thread's plain code cannot be
/// ended. Such a call unwinds through the thread's plain code with a private payload.
///
/// Afterwards the process has no children any more: `background!` starts nothing, and returns a
/// task that was cancelled. Blocking calls begun after this work as before, in destructors for one.
///
/// It may be called again, and from several threads: each waits, and the failures are returned
/// once.
///
/// # Errors
/// The failures of the children of the process since it began, in order of time: the first 1,000 of
/// them.
///
/// # Panics
/// If it is called inside a vthread, which would wait for its own end.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::shutdown;
///
/// // .. the program ..
/// if let Err(failures) = shutdown() {
///     for failure in failures.iter() {
///         eprintln!("{failure}");
///     }
/// }
/// ```
#[track_caller]
pub fn shutdown() -> Result<(), Failures<BackgroundFailure>> {
    assert!(
        !current::with(|running| running.is_some()),
        "vthread::shutdown is for plain code: a vthread that called it would wait for its own end"
    );
    let process = Process::get();
    process.begin_end(None);
    let grace = process.node.scope.grace().duration(config::grace);
    process.join(grace.and_then(|grace| Instant::now().checked_add(grace + LAST_MOMENT)));
    let mut failures = process.take_failures().into_iter();
    match failures.next() {
        None => Ok(()),
        Some(first) => Err(Failures::new(first, failures.collect())),
    }
}

/// The failure of a child of the process, returned by [`shutdown`].
#[derive(Debug)]
pub struct BackgroundFailure {
    name: Option<Cow<'static, str>>,
    site: &'static Location<'static>,
    cause: Cause,
}

#[derive(Debug)]
pub(crate) enum Cause {
    Error(BackgroundError),
    /// With the panic's message, if it has one.
    Panic(Option<String>),
}

impl Cause {
    /// The rest of a panic that no thread resumes.
    pub(crate) fn of_panic(payload: Payload) -> Self {
        let text = match payload.downcast_ref::<&str>() {
            Some(text) => Some((*text).to_owned()),
            None => payload.downcast_ref::<String>().cloned(),
        };
        drop_quietly(payload);
        Cause::Panic(text)
    }
}

impl BackgroundFailure {
    /// Returns the name given at `background!(name = .. => ..)`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the location of the `background!` that made the child.
    pub fn location(&self) -> &'static Location<'static> {
        self.site
    }

    /// Returns the error of the child; `None` if it panicked.
    pub fn error(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        match &self.cause {
            Cause::Error(error) => Some(&**error),
            Cause::Panic(_) => None,
        }
    }
}

/// Reads as in "the background vthread `flusher` (src/main.rs:7:5) failed: disk full".
impl fmt::Display for BackgroundFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "the background vthread `{name}` ({})", self.site)?,
            None => write!(f, "the background vthread spawned at {}", self.site)?,
        }
        match &self.cause {
            Cause::Error(error) => write!(f, " failed: {error}"),
            Cause::Panic(Some(message)) => write!(f, " panicked: {message}"),
            Cause::Panic(None) => f.write_str(" panicked"),
        }
    }
}

impl Error for BackgroundFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Error(error) => Some(&**error),
            Cause::Panic(_) => None,
        }
    }
}
