//! The configuration of the program. The lowest layer: code that needs a setting asks here.

use std::fmt;
#[cfg(feature = "console")]
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

#[cfg(feature = "console")]
mod console;
mod limits;
#[cfg(feature = "tokio")]
mod tokio_context;

#[cfg(feature = "console")]
pub(crate) use self::console::ConsoleAddress;
use self::limits::Limits;
pub(crate) use self::limits::{helper_keep_alive, helper_threads, max_threads, thread_name};

static CONFIG: Mutex<Config> = Mutex::new(Config::DEFAULT);

/// The number of workers is fixed.
static IS_STARTED: AtomicBool = AtomicBool::new(false);

/// How long cleanup may take after a cancellation by default.
const GRACE: Duration = Duration::from_secs(30);

/// The configuration of the runtime: the number of workers takes effect if it is installed before
/// the first blocking call, the rest at any time.
///
/// Without it the number of workers is the environment variable `VTHREAD_WORKERS`, or else the
/// number of processors.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// vthread::Config::new().workers(2).install().unwrap();
/// ```
#[derive(Debug, Clone, Default)]
pub struct Config {
    workers: Option<NonZeroUsize>,
    grace: Option<Duration>,
    on_deadlock: Option<OnDeadlock>,
    limits: Limits,
    trace: Option<PathBuf>,
    #[cfg(feature = "console")]
    console: Option<ConsoleAddress>,
    #[cfg(feature = "tokio")]
    tokio: Option<tokio::runtime::Handle>,
}

impl Config {
    const DEFAULT: Config = Config {
        workers: None,
        grace: None,
        on_deadlock: None,
        limits: Limits::UNSAID,
        trace: None,
        #[cfg(feature = "console")]
        console: None,
        #[cfg(feature = "tokio")]
        tokio: None,
    };

    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many OS threads run vthreads.
    ///
    /// # Panics
    /// If `n` is zero.
    #[track_caller]
    pub fn workers(mut self, n: usize) -> Self {
        self.workers = Some(NonZeroUsize::new(n).expect("vthread::Config: at least one worker"));
        self
    }

    /// Sets how long cleanup (`defer!`, `shield!`) may take after a cancellation, unless a
    /// `group!(grace = d => ..)` around it sets that, and how long the children of the process have
    /// at its end: 30 seconds by default.
    ///
    /// With [`Duration::MAX`] cleanup is unbounded. Earlier cancellations keep their time.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = Some(grace);
        self
    }

    /// Sets the reaction to a deadlock, after its report. By default there is none.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::{Config, OnDeadlock};
    ///
    /// Config::new().on_deadlock(OnDeadlock::CancelRoot).install().unwrap();
    /// ```
    pub fn on_deadlock(mut self, on_deadlock: OnDeadlock) -> Self {
        self.on_deadlock = Some(on_deadlock);
        self
    }

    /// Sets how many OS threads the library has at most: workers, spares that replace blocked or
    /// stuck ones, and helpers. 1,024 by default, and never less than there are workers. (The
    /// monitor and the watchdog for deadlocks, which sleep mostly, are two more.)
    ///
    /// A blocking call in plain code holds an OS thread, and so does a vthread that computes for
    /// long: a spare replaces it. If no more may be started, or the system refuses, that is
    /// reported once on the standard error, and work waits until one of the calls returns. If every
    /// thread is in a wait of the library, work is queued, and nothing at all happens for six
    /// seconds, the process is aborted with a message.
    ///
    /// # Panics
    /// If `n` is zero.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// vthread::Config::new().max_threads(200).helper_threads(50).install().unwrap();
    /// ```
    #[track_caller]
    pub fn max_threads(mut self, n: usize) -> Self {
        let n = NonZeroUsize::new(n);
        self.limits.max_threads = Some(n.expect("vthread::Config: at least one thread"));
        self
    }

    /// Sets how many helper threads work at most at a time, for [`blocking`](crate::blocking) and
    /// for files: 512 by default. More calls than that queue. A helper that waits in a blocking
    /// call of this library leaves its place to another one meanwhile, within
    /// [`max_threads`](Self::max_threads).
    ///
    /// # Panics
    /// If `n` is zero.
    #[track_caller]
    pub fn helper_threads(mut self, n: usize) -> Self {
        let n = NonZeroUsize::new(n);
        self.limits.helper_threads = Some(n.expect("vthread::Config: at least one helper"));
        self
    }

    /// Sets how long a helper thread without work waits for more before it ends: ten seconds by
    /// default.
    pub fn helper_keep_alive(mut self, time: Duration) -> Self {
        self.limits.helper_keep_alive = Some(time);
        self
    }

    /// Sets the name of the library's OS threads: `"{name}-worker-0"`, `"{name}-helper-3"`,
    /// `"{name}-watch"` .. The default is `vthread`.
    pub fn thread_name(mut self, name: impl Into<String>) -> Self {
        self.limits.thread_name = Some(name.into());
        self
    }

    /// Records what happens when, and writes it to the file at `path` when the process exits: the
    /// environment variable `VTHREAD_TRACE` does the same, and counts first.
    ///
    /// The file is JSON for <https://ui.perfetto.dev> and `chrome://tracing`: spawns, polls, waits,
    /// wakes, steals, cancellations, timers and I/O. Each OS thread keeps its last 32,768 events.
    /// It takes effect if it is installed before the first vthread call.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let path = std::env::temp_dir().join("timeline.json");
    /// vthread::Config::new().trace(path).install().unwrap();
    /// ```
    pub fn trace(mut self, path: impl Into<PathBuf>) -> Self {
        self.trace = Some(path.into());
        self
    }

    /// Serves a page that shows the running program to a browser at `http://ADDR/`: the environment
    /// variable `VTHREAD_CONSOLE` does the same, and counts first. It takes effect if it is
    /// installed before the first vthread call, which then says the address on the standard error.
    ///
    /// The page shows the tree of groups and vthreads as a [`dump`](crate::dump()) does, searchable
    /// and with those that are alike as one line, the [`metrics`](crate::metrics) as curves, the
    /// reports of deadlocks, and has the timeline for download if one is recorded. The same is
    /// there for programs: `/dump.json`, `/dump.txt`, `/folded.txt`, `/tree.json?q=WORDS`,
    /// `/deadlocks.json`, `/trace.json`, and `/metrics` for Prometheus. An OS thread of its own
    /// serves it, so it answers while every worker is stuck; while no browser asks, that sleeps.
    /// Nothing can be changed from there.
    ///
    /// The page has no password, so `addr` is an address of this machine itself. With port 0 the
    /// system chooses one. (`VTHREAD_CONSOLE` may be an address and a port, or the port alone.)
    ///
    /// # Panics
    /// If other machines could reach `addr`: see
    /// [`console_unprotected`](Self::console_unprotected).
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// vthread::Config::new().console(([127, 0, 0, 1], 0).into()).install().unwrap();
    /// ```
    #[cfg(feature = "console")]
    #[track_caller]
    pub fn console(mut self, addr: SocketAddr) -> Self {
        assert!(
            addr.ip().is_loopback(),
            "vthread::Config: other machines may reach {addr}, and the console has no password: \
             `console_unprotected` is for that"
        );
        self.console = Some(ConsoleAddress {
            addr,
            is_unprotected: false,
        });
        self
    }

    /// Serves the page of [`console`](Self::console) at any address: then whatever reaches it, from
    /// wherever, may read the names of groups and vthreads and the places of your program's source,
    /// and have it make dumps, which costs time. `VTHREAD_CONSOLE=unprotected:0.0.0.0:6464` does
    /// the same.
    ///
    /// It is meant for containers, where the address of the machine itself cannot be reached from
    /// outside, behind something that asks who it is. Requests by other names than `localhost`,
    /// which `console` refuses (they may be made by a page of another site), are answered.
    #[cfg(feature = "console")]
    pub fn console_unprotected(mut self, addr: SocketAddr) -> Self {
        self.console = Some(ConsoleAddress {
            addr,
            is_unprotected: true,
        });
        self
    }

    /// Sets the tokio runtime whose context vthreads run in.
    ///
    /// With the feature `tokio`, every vthread, every closure of [`blocking`](crate::blocking) and
    /// every blocking call of plain code runs in the context of a tokio runtime: so futures that
    /// need one work with `.await`, and `tokio::spawn` and `tokio::time::sleep` may be called. It
    /// is this runtime, or else one with a single thread, which is started with the first vthread
    /// call and lasts as long as the process. It takes effect if it is installed before that call,
    /// and it must outlive all vthreads. (A blocking call on a thread that is in the context of a
    /// runtime already, as below `#[tokio::main]`, stays in that.)
    ///
    /// A future of tokio that is cancelled with its vthread is dropped there.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// vthread::Config::new().tokio(runtime.handle().clone()).install().unwrap();
    /// # std::io::Result::Ok(())
    /// ```
    #[cfg(feature = "tokio")]
    pub fn tokio(mut self, runtime: tokio::runtime::Handle) -> Self {
        self.tokio = Some(runtime);
        self
    }

    /// Makes this the configuration of the runtime.
    ///
    /// Settings that are not set here keep their earlier values.
    ///
    /// # Errors
    /// If the number of workers is set, and the runtime runs already. Then nothing is changed.
    pub fn install(self) -> Result<(), AlreadyStarted> {
        let mut config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
        if self.workers.is_some() && IS_STARTED.load(Ordering::Acquire) {
            return Err(AlreadyStarted);
        }
        config.workers = self.workers.or(config.workers);
        config.grace = self.grace.or(config.grace);
        config.on_deadlock = self.on_deadlock.or(config.on_deadlock);
        config.trace = self.trace.or(config.trace.take());
        #[cfg(feature = "console")]
        {
            config.console = self.console.or(config.console);
        }
        #[cfg(feature = "tokio")]
        {
            config.tokio = self.tokio.or(config.tokio.take());
        }
        self.limits.install();
        Ok(())
    }
}

/// The error of [`Config::install`]: the runtime runs already, with its number of workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyStarted;

impl fmt::Display for AlreadyStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the vthread runtime was started by an earlier blocking call and cannot be configured any more")
    }
}

impl std::error::Error for AlreadyStarted {}

/// The reaction to a deadlock, after its report: see
/// [`Config::on_deadlock`](crate::Config::on_deadlock).
///
/// A deadlock is a cycle of vthreads that wait for one another, made of these edges only: a vthread
/// waits for a lock that another has, for the end of another, for the children of its group, or, in
/// plain code, for a blocking call. It is reported when it is certain, and then once: on the
/// standard error and as an event, with names, the places of all calls and the holders of the
/// locks; and [`metrics`](crate::metrics) counts it.
///
/// A wait for a message, for I/O, for a time, for a plain thread or for a user's future is never
/// reported: it may be ended from anywhere. The same holds for a wait that a `timeout!` or a
/// `select!` around it can end, for service children, which end with their group, for locks that
/// were taken for reading, and for a guard that may have been given away: sent as a message,
/// returned by a task, or moved into a child that does not wait itself.
///
/// One way to give a guard away cannot be seen: through memory that several vthreads share, as in a
/// `std::sync::Mutex<Option<MutexGuard<..>>>`. A vthread that does that, and then waits for a lock
/// that only the new holder can release, in a cycle that would be a deadlock otherwise, causes a
/// false report.
///
/// [`dump`](crate::dump()) shows all other waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnDeadlock {
    /// Nothing more follows.
    #[default]
    Report,
    /// The blocking call of a plain thread at the root of the vthreads is cancelled, or the child
    /// of the process (`background!`): they end as by any cancellation, children first, with all
    /// their destructors, and then the call unwinds through its caller.
    CancelRoot,
    /// The process is aborted.
    Abort,
}

/// Fixes the number of workers: later configurations cannot change it.
#[cold]
pub(crate) fn settle_workers() -> usize {
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    IS_STARTED.store(true, Ordering::Release);
    let workers = config.workers.unwrap_or_else(default_workers).get();
    limits::there_are_workers(workers);
    workers
}

/// While it lives the thread is in tokio's context, if the feature is on.
#[derive(Debug)]
pub(crate) struct TokioContext {
    #[cfg(feature = "tokio")]
    _guard: Option<tokio::runtime::EnterGuard<'static>>,
}

/// Puts the calling thread into tokio's context until the result is dropped.
#[inline]
pub(crate) fn enter_tokio() -> TokioContext {
    TokioContext {
        #[cfg(feature = "tokio")]
        _guard: tokio_context::enter(),
    }
}

/// Fixes tokio's runtime. Called before the first thread of the library is started.
#[cold]
pub(crate) fn settle_tokio() {
    #[cfg(feature = "tokio")]
    {
        let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
        let configured = config.tokio.clone();
        drop(config);
        tokio_context::settle(configured);
    }
}

/// How long cleanup may take after a cancellation, if no group sets that.
#[cold]
pub(crate) fn grace() -> Duration {
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    config.grace.unwrap_or(GRACE)
}

/// The reaction to a deadlock.
pub(crate) fn on_deadlock() -> OnDeadlock {
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    config.on_deadlock.unwrap_or_default()
}

/// The file for the timeline, if there is to be one.
pub(crate) fn trace_target() -> Option<PathBuf> {
    let of_environment = std::env::var_os("VTHREAD_TRACE").filter(|path| !path.is_empty());
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    of_environment.map(PathBuf::from).or(config.trace.clone())
}

/// The address of the console, if there is to be one.
///
/// # Errors
/// What is wrong with the environment's request.
#[cfg(feature = "console")]
pub(crate) fn console_address() -> Result<Option<ConsoleAddress>, String> {
    let of_environment = console::of_environment()?;
    let config = CONFIG.lock().unwrap_or_else(|poison| poison.into_inner());
    Ok(of_environment.or(config.console))
}

/// The signal on which dumps are written, as the environment variable says it.
pub(crate) fn dump_request() -> Option<String> {
    std::env::var("VTHREAD_DUMP")
        .ok()
        .filter(|text| !text.is_empty())
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
