//! What happens when no more threads can be started: the runtime waits, as long as something can
//! end the shortage, and aborts with a message otherwise.

use super::Scheduler;
use super::blocking_wait::{all_wait, fill_places, n_in_place};
use super::threads::{self, tell_of_refusal};
use std::time::{Duration, Instant};

/// How long the process may make no progress before it is aborted.
const HOPELESS: Duration = Duration::from_secs(6);

/// Every thread waits for something that only queued work can bring about, as far as can be seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standstill {
    since: Instant,
    /// The number of waits that had ended by then.
    n_ended: usize,
}

impl Scheduler {
    /// Tries to end a shortage of threads, and aborts the process when it has led to a standstill
    /// for long.
    pub(super) fn judge(&self, before: Option<Standstill>) -> Option<Standstill> {
        if !threads::is_short() {
            return None;
        }
        let filled = fill_places();
        match &filled {
            Err(refused) => tell_of_refusal(refused),
            Ok(()) if n_in_place() == 0 => threads::is_over(),
            Ok(()) => {}
        }
        let n_ended = all_wait().filter(|_| filled.is_err() || self.has_work())?;
        let now = Standstill {
            since: Instant::now(),
            n_ended,
        };
        let still = before
            .filter(|before| before.n_ended == n_ended)
            .unwrap_or(now);
        if still.since.elapsed() >= HOPELESS {
            eprintln!(
                "vthread: all {} OS threads are in blocking calls, and the work that would end them is queued behind them: the \
                 process cannot go on, and is aborted. Config::max_threads (now {}) bounds the threads; a closure or an \
                 async block that calls a vthread function holds one while it waits",
                threads::n_threads(),
                crate::config::max_threads(),
            );
            std::process::abort();
        }
        Some(still)
    }
}
