//! The OS threads of the library, and their bound: workers, spares, helpers.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The number of threads, including those about to start.
static N_THREADS: AtomicUsize = AtomicUsize::new(0);
/// The number of threads that have begun to run.
static N_RUNNING: AtomicUsize = AtomicUsize::new(0);
/// The last start was refused.
static IS_SHORT: AtomicBool = AtomicBool::new(false);
/// The bound was met, and a message was printed.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

thread_local! {
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
}

/// The reason why no thread could be started.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The bound: [`Config::max_threads`](crate::Config::max_threads).
    Bound(usize),
    /// The system refused.
    System(io::Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Bound(most) => {
                write!(
                    f,
                    "{most} are running, which is the most (Config::max_threads)"
                )
            }
            Refused::System(error) => error.fmt(f),
        }
    }
}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Bound(_) => io::Error::other(refused.to_string()),
            Refused::System(error) => error,
        }
    }
}

/// One of the threads within the bound.
struct Place;

impl Place {
    fn take() -> Result<Self, Refused> {
        let most = crate::config::max_threads();
        let taken = N_THREADS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| {
            (n < most).then_some(n + 1)
        });
        match taken {
            Ok(_) => Ok(Place),
            Err(_) => Err(Refused::Bound(most)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        N_THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether this thread is one of the library's.
pub(super) fn is_ours() -> bool {
    IS_OURS.get()
}

/// The number of the library's threads.
pub(crate) fn n_threads() -> usize {
    N_RUNNING.load(Ordering::Relaxed)
}

/// The name of the next thread that does `what`.
pub(super) fn numbered(what: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Starts a thread within the bound.
///
/// # Errors
/// The bound is met, or the system refuses.
pub(crate) fn start(what: &str, code: impl FnOnce() + Send + 'static) -> Result<(), Refused> {
    let place = Place::take()?;
    start_beside(what, move || {
        let _place = place;
        N_RUNNING.fetch_add(1, Ordering::Relaxed);
        code();
        N_RUNNING.fetch_sub(1, Ordering::Relaxed);
    })
    .map_err(Refused::System)
}

/// Starts a thread that the bound does not count: one of a kind.
///
/// # Errors
/// The system refuses.
pub(crate) fn start_beside(what: &str, code: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let name = crate::config::thread_name(what);
    let spawn = move || {
        thread::Builder::new().name(name).spawn(|| {
            IS_OURS.set(true);
            crate::trace::panics::remember_here();
            let _context = crate::config::enter_tokio();
            code();
        })
    };
    let spawned = match IS_OURS.get() {
        true => spawn(),
        false => super::bare_thread::call(spawn)?,
    };
    spawned.map(drop)
}

/// Whether the last start was refused.
pub(super) fn is_short() -> bool {
    IS_SHORT.load(Ordering::Relaxed)
}

/// Notes that the shortage is over, as far as can be seen.
pub(super) fn is_over() {
    IS_SHORT.store(false, Ordering::Relaxed);
}

/// Prints once that there are no more threads, and the consequence.
#[cold]
pub(crate) fn tell_of_refusal(refused: &Refused) {
    IS_SHORT.store(true, Ordering::Relaxed);
    if !IS_TOLD.swap(true, Ordering::Relaxed) {
        eprintln!(
            "vthread: no other OS thread can stand in for one that is blocked: {refused}; \
             work waits until a blocked call returns"
        );
    }
}
