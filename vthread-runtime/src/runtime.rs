//! The composition root: the one process-wide runtime, made of the layers' parts. It alone may
//! name every layer.

use crate::driver::Set;
use crate::group::grace::Armed;
use crate::inspect::OnDeadlock;
use crate::scheduler::park::Park;
use crate::scheduler::{Scheduler, StuckPoll};
use crate::task::grace::Grace;
use crate::task::header::TaskRef;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, OnceLock};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

mod fork;
mod limits;

use self::limits::Limits;
pub(crate) use self::limits::{helper_keep_alive, helper_threads, max_threads, thread_name};

static SCHEDULER: OnceLock<&'static Scheduler> = OnceLock::new();
static CONFIG: Mutex<Config> = Mutex::new(Config::DEFAULT);

/// How long cleanup may take after a cancellation, where nobody says.
const GRACE: Duration = Duration::from_secs(30);

/// How the runtime is made: what is said of the workers takes effect if it is installed before the first blocking
/// call, the rest at any time.
///
/// Without it, the environment variable `VTHREAD_WORKERS` or else the number of processors says
/// how many workers there are.
///
/// # Examples
/// ```
/// vthread_runtime::Config::new().workers(2).install().unwrap();
/// ```
#[derive(Debug, Clone, Default)]
pub struct Config {
    workers: Option<NonZeroUsize>,
    grace: Option<Duration>,
    on_deadlock: Option<OnDeadlock>,
    limits: Limits,
}

impl Config {
    const DEFAULT: Config = Config {
        workers: None,
        grace: None,
        on_deadlock: None,
        limits: Limits::UNSAID,
    };

    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many kernel threads run vthreads.
    ///
    /// # Panics
    /// If `n` is zero.
    #[track_caller]
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(NonZeroUsize::new(n).expect("vthread::Config: at least one worker"));
        self
    }

    /// How long cleanup (`defer!`, `shield!`) may take after a cancellation, where no `group!(grace = d => ..)` around
    /// it says, and how long the children of the process have at its end: 30 seconds by default.
    ///
    /// With [`Duration::MAX`] they may take as long as they want. What was cancelled before keeps the time it had.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = Some(grace);
        self
    }

    /// What follows the report of a deadlock. Nothing, unless this says so.
    ///
    /// # Examples
    /// ```
    /// use vthread_runtime::{Config, OnDeadlock};
    ///
    /// Config::new().on_deadlock(OnDeadlock::CancelRoot).install().unwrap();
    /// ```
    pub fn on_deadlock(mut self, on_deadlock: OnDeadlock) -> Self {
        self.on_deadlock = Some(on_deadlock);
        self
    }

    /// How many kernel threads the library has at most: workers, those that stand in for blocked or stuck ones, and
    /// helpers. 1,024 by default, and never less than there are workers. (The monitor and the watch for deadlocks, which
    /// sleep mostly, are two more.)
    ///
    /// A blocking call in plain code holds a kernel thread, and so does a vthread that computes for long: another
    /// one stands in for it. Where no other one may be started, or the system refuses, that is said once on the standard
    /// error, and work waits until one of the calls returns. If every thread is in a wait of the library, work is queued, and
    /// nothing at all happens for six seconds, the process is aborted with a message.
    ///
    /// # Panics
    /// If `n` is zero.
    ///
    /// # Examples
    /// ```
    /// vthread_runtime::Config::new().max_threads(200).helper_threads(50).install().unwrap();
    /// ```
    #[track_caller]
    pub fn max_threads(mut self, n: usize) -> Self {
        let n = NonZeroUsize::new(n);
        self.limits.max_threads = Some(n.expect("vthread::Config: at least one thread"));
        self
    }

    /// How many helper threads work at most at a time, for [`blocking`](crate::blocking) and for files: 512 by default. More
    /// calls than that queue. A helper that waits in a blocking call of this library leaves its place to
    /// another one meanwhile, within [`max_threads`](Self::max_threads).
    ///
    /// # Panics
    /// If `n` is zero.
    #[track_caller]
    pub fn helper_threads(mut self, n: usize) -> Self {
        let n = NonZeroUsize::new(n);
        self.limits.helper_threads = Some(n.expect("vthread::Config: at least one helper"));
        self
    }

    /// How long a helper thread without work waits for more before it ends: ten seconds by default.
    pub fn helper_keep_alive(mut self, time: Duration) -> Self {
        self.limits.helper_keep_alive = Some(time);
        self
    }

    /// How the library's kernel threads are named: `"{name}-worker"`, `"{name}-helper-3"` .. The default is `vthread`.
    pub fn thread_name(mut self, name: impl Into<String>) -> Self {
        self.limits.thread_name = Some(name.into());
        self
    }

    /// Makes this the configuration with which the runtime starts.
    ///
    /// Where it says nothing, what was installed before stays.
    ///
    /// # Errors
    /// If it says how many workers there are, and the runtime runs already. Then nothing is changed.
    pub fn install(self) -> Result<(), AlreadyStarted> {
        let mut config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
        if self.workers.is_some() && SCHEDULER.get().is_some() {
            return Err(AlreadyStarted);
        }
        config.workers = self.workers.or(config.workers);
        config.grace = self.grace.or(config.grace);
        config.on_deadlock = self.on_deadlock.or(config.on_deadlock);
        self.limits.install();
        Ok(())
    }
}

/// The runtime runs already, and cannot be configured any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyStarted;

impl fmt::Display for AlreadyStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the vthread runtime was started by an earlier blocking call and cannot be configured any more")
    }
}

impl std::error::Error for AlreadyStarted {}

/// Starts the runtime if it is not running.
#[inline]
#[track_caller]
pub(crate) fn start() {
    fork::check();
    scheduler();
}

/// The scheduler of the process.
#[inline]
pub(crate) fn scheduler() -> &'static Scheduler {
    SCHEDULER.get_or_init(make)
}

/// A vthread has begun to wait for another: somebody should look for deadlocks.
#[cold]
pub(crate) fn watch() {
    if !cfg!(loom) {
        crate::inspect::watch::call();
    }
}

/// What follows the report of a deadlock.
pub(crate) fn on_deadlock() -> OnDeadlock {
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    config.on_deadlock.unwrap_or_default()
}

/// Queues a task that was woken or made. The tasks' way to the scheduler, which they do not know.
#[inline]
pub(crate) fn schedule(task: TaskRef) {
    crate::scheduler::schedule(task);
}

/// Queues a task behind all others.
#[inline]
pub(crate) fn schedule_last(task: TaskRef) {
    crate::scheduler::schedule_last(task);
}

/// How long cleanup may take after a cancellation, where nobody says.
#[cold]
pub(crate) fn grace() -> Grace {
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    Grace::new(config.grace.unwrap_or(GRACE))
}

/// Wakes `waker` once `after` is over, unless what comes back is dropped before. The groups' way to the
/// timers, which they do not know.
#[cold]
pub(crate) fn arm(after: Duration, waker: Waker) -> Armed {
    let driver = crate::driver::get();
    let alarm = Box::pin(driver.alarm());
    match alarm.as_ref().set(Instant::now() + after, waker.clone()) {
        Set::Waiting => {}
        Set::EndTheWait => driver.unpark(),
        Set::Due => waker.wake(),
    }
    Armed::new(alarm)
}

/// Rings all alarms that are due: a vthread has found that its deadline has passed, and its own news has not come.
#[cold]
pub(crate) fn ring() {
    crate::driver::get().ring();
}

#[cold]
fn make() -> &'static Scheduler {
    let workers = CONFIG
        .lock()
        .unwrap_or_else(|poison| poison.into_inner())
        .workers
        .unwrap_or_else(default_workers)
        .get();
    limits::there_are_workers(workers);
    fork::mark_children();
    crate::trace::panics::install();
    let driver: &'static dyn Park = crate::driver::get();
    let (scheduler, cores) = Scheduler::new(workers, driver);
    let scheduler: &'static Scheduler = Box::leak(Box::new(scheduler));
    scheduler.start(cores);
    scheduler
}

fn default_workers() -> NonZeroUsize {
    let one = NonZeroUsize::MIN;
    match std::env::var("VTHREAD_WORKERS") {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| {
            eprintln!("vthread: VTHREAD_WORKERS={text:?} is not a number of workers; one per processor is used");
            thread::available_parallelism().unwrap_or(one)
        }),
        Err(_) => thread::available_parallelism().unwrap_or(one),
    }
}

/// What the runtime has done so far.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Metrics {
    /// Kernel threads that run vthreads.
    pub workers: usize,
    /// Blocking calls made in plain code below a vthread. Each held a kernel thread, and another
    /// one stood in for it.
    pub pinned: usize,
    /// Deadlocks that were reported: see [`OnDeadlock`].
    pub deadlocks: usize,
    /// Calls of [`blocking`](crate::blocking), and operations on files, that were cancelled after a helper
    /// thread had begun with them. They run to their end, and nobody waits for them.
    pub abandoned: usize,
    /// How often a worker was relieved: a vthread had computed or blocked in one poll for more than 10 ms while others
    /// waited for its kernel thread, and another thread went on with these.
    pub relieved: usize,
    /// Such polls that have not ended yet.
    pub stuck: Vec<StuckPoll>,
    /// The longest of such polls, ended or not.
    pub longest_stuck: Option<StuckPoll>,
    /// Kernel threads of the library: workers, those that stand in for blocked ones, helpers.
    pub threads: usize,
    /// Helper threads that work.
    pub helpers_running: usize,
    /// Helper threads without work.
    pub helpers_idle: usize,
    /// Calls that wait for a helper thread.
    pub helpers_queued: usize,
}

/// What the runtime has done so far.
///
/// # Examples
/// ```
/// assert!(vthread_runtime::metrics().workers > 0);
/// ```
pub fn metrics() -> Metrics {
    let scheduler = scheduler();
    let helpers = crate::driver::blocking::helpers();
    Metrics {
        workers: scheduler.workers(),
        pinned: scheduler.pinned(),
        deadlocks: crate::inspect::watch::n_reported(),
        abandoned: crate::driver::blocking::n_abandoned(),
        relieved: scheduler.n_relieved(),
        stuck: scheduler.stuck(),
        longest_stuck: scheduler.longest_stuck(),
        threads: crate::scheduler::threads::n_threads(),
        helpers_running: helpers.running,
        helpers_idle: helpers.idle,
        helpers_queued: helpers.queued,
    }
}
