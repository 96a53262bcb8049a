//! The watchdog: a thread that looks for deadlocks, some time after a wait has begun.
//!
//! It is started by the first wait for a lock or for the end of a vthread, and sleeps while there
//! are none. It looks a tenth of a second after a wait has begun, and then at growing intervals
//! while there are such waits; and it spends no more than a hundredth of its time on it, however
//! many vthreads there are.

use super::deadlock::{Stuck, root_of};
use super::report::describe;
use crate::config::OnDeadlock;
use crate::inspect::snapshot;
use crate::inspect::snapshot::Detail;
use crate::scheduler::threads;
use crate::task::wait_for;
use crate::task::wait_reason::WaitReason;
use parking_lot::{Condvar, Mutex};
use std::collections::{HashSet, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a wait lasts at least before the first look.
const PATIENCE: Duration = Duration::from_millis(100);
/// The longest pause while there are waits.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The rest after a look, in multiples of its duration.
const REST: u32 = 100;
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(60);

/// How many deadlocks have been reported.
static N_REPORTED: AtomicUsize = AtomicUsize::new(0);
/// The last reports, oldest first.
static REPORTS: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());
/// So many are kept.
const MOST_REPORTS: usize = 16;
static WATCH: Watch = Watch {
    state: Mutex::new(State::NotStarted),
    called: Condvar::new(),
};

struct Watch {
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    NotStarted,
    /// No thread could be started.
    Refused,
    Idle,
    Called,
}

/// The last reports of deadlocks, oldest first.
#[cfg(feature = "console")]
pub(crate) fn reports() -> Vec<String> {
    REPORTS.lock().iter().cloned().collect()
}

/// How many deadlocks have been reported.
pub(crate) fn n_reported() -> usize {
    N_REPORTED.load(Ordering::Relaxed)
}

/// Called by a waiter that finds the watchdog asleep.
#[cold]
pub(crate) fn call() {
    if wait_for::set_watched(true) {
        return;
    }
    let mut state = WATCH.state.lock();
    if *state == State::NotStarted && threads::start_beside("watch", watch).is_err() {
        *state = State::Refused;
    }
    if *state != State::Refused {
        *state = State::Called;
        WATCH.called.notify_one();
    }
}

fn watch() {
    let mut reported = HashSet::new();
    let mut pause = None;
    loop {
        if wait_for_call(pause) {
            // A wait that ends soon need not be looked at.
            thread::sleep(PATIENCE);
            pause = None;
        }
        wait_for::set_watched(false);
        let began = Instant::now();
        let has_waits = look(&mut reported);
        let rest = began.elapsed() * REST;
        thread::sleep(rest.min(LONGEST_REST));
        pause = has_waits.then(|| {
            let longer = pause.map_or(PATIENCE, |pause| pause * 2);
            longer.min(LONGEST_PAUSE)
        });
    }
}

/// Waits until a waiter calls, or for `pause`. Returns whether one has called.
fn wait_for_call(pause: Option<Duration>) -> bool {
    let end = pause.map(|pause| Instant::now() + pause);
    let mut state = WATCH.state.lock();
    while *state != State::Called {
        match end {
            None => WATCH.called.wait(&mut state),
            Some(end) => {
                let is_over = WATCH.called.wait_until(&mut state, end).timed_out();
                if is_over && *state != State::Called {
                    return false;
                }
            }
        }
    }
    *state = State::Idle;
    true
}

/// Looks once, and reports every new deadlock. Returns whether there are waits.
fn look(reported: &mut HashSet<u64>) -> bool {
    let first = snapshot::take(Detail::Waits);
    let mut waits = first.vthreads.iter().map(|vthread| vthread.wait_reason);
    let has_waits = waits.any(WaitReason::is_waiting_for_another);
    let stuck = Stuck::find(&first, None);
    if stuck.is_empty() {
        reported.clear();
        return has_waits;
    }
    let is_new = |reported: &HashSet<u64>, stuck: &Stuck<'_>, cycle: &[usize]| {
        let mut numbers = stuck.numbers(cycle).into_iter();
        !numbers.any(|number| reported.contains(&number))
    };
    let mut cycles = stuck.cycles().into_iter();
    if !cycles.any(|cycle| is_new(reported, &stuck, &cycle)) {
        return has_waits;
    }
    let second = snapshot::take(Detail::Waits);
    let confirmed = Stuck::find(&second, Some(&stuck.facts()));
    let last = snapshot::take(Detail::NamedWaits);
    let certain = Stuck::find(&last, Some(&confirmed.facts()));
    for cycle in certain.cycles() {
        if !is_new(reported, &certain, &cycle) {
            continue;
        }
        reported.extend(certain.numbers(&cycle));
        let text = describe(&last, &certain, &cycle);
        tell(&text);
        crate::trace::deadlock(text.trim_end());
        keep(text);
        N_REPORTED.fetch_add(1, Ordering::Relaxed);
        match crate::config::on_deadlock() {
            OnDeadlock::Report => {}
            OnDeadlock::CancelRoot => snapshot::cancel_root(root_of(&last, cycle[0])),
            OnDeadlock::Abort => std::process::abort(),
        }
    }
    has_waits
}

fn keep(report: String) {
    let mut reports = REPORTS.lock();
    if reports.len() == MOST_REPORTS {
        reports.pop_front();
    }
    reports.push_back(report);
}

/// Writes to the standard error, as one piece; a closed one is ignored.
fn tell(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
