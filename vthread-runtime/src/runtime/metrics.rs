//! Figures of the runtime, and their text for Prometheus.

use crate::driver;
use crate::driver::blocking;
use crate::inspect::{snapshot, watchdog};
use crate::scheduler::{StuckPoll, threads};
use std::fmt::{Display, Write};
use std::time::Duration;

/// Figures of the runtime so far, returned by [`metrics`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// OS threads that run vthreads. Zero before the first vthread call.
    pub workers: usize,
    /// Vthreads that have not ended: children of groups, and children of the process.
    pub alive: usize,
    /// Vthreads that wait for a worker.
    pub queued: usize,
    /// How often workers have polled a vthread, or looked for one.
    pub polls: usize,
    /// How often a worker has taken vthreads from the queue of another one.
    pub steals: usize,
    /// How often a worker has gone to sleep because there was nothing to do.
    pub parks: usize,
    /// How long each worker was awake so far, to about five milliseconds.
    pub busy: Vec<Duration>,
    /// Timers that are set: of sleeps, timeouts, intervals.
    pub timers: usize,
    /// Sockets, pipes and other descriptors that are watched.
    pub descriptors: usize,
    /// Blocking calls made in plain code below a vthread. Each held an OS thread, which a spare
    /// replaced.
    pub pinned: usize,
    /// Deadlocks that were reported: see [`OnDeadlock`](crate::OnDeadlock).
    pub deadlocks: usize,
    /// Calls of [`blocking`](crate::blocking), and operations on files, that were cancelled after a
    /// helper thread had begun with them. They run to their end, and their results are dropped.
    pub abandoned: usize,
    /// How often a worker was relieved: a vthread had computed or blocked in one poll for more than
    /// 10 ms while others waited for its OS thread, and another thread went on with these.
    pub relieved: usize,
    /// Such polls that have not ended yet.
    pub stuck: Vec<StuckPoll>,
    /// The longest of such polls, ended or not.
    pub longest_stuck: Option<StuckPoll>,
    /// OS threads of the library: workers, spares, helpers.
    pub threads: usize,
    /// Helper threads that work.
    pub helpers_running: usize,
    /// Helper threads without work.
    pub helpers_idle: usize,
    /// Calls that wait for a helper thread.
    pub helpers_queued: usize,
}

/// Returns the figures of the runtime so far. It starts nothing, is no checkpoint, and may be
/// called from anywhere.
///
/// Nothing is stopped for it, so the figures are not of one moment. `alive`, `timers` and
/// `descriptors` are counted when they are asked for: with a million of them that takes some
/// milliseconds.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// assert_eq!(vthread::metrics().workers, 0);
/// let (tx, _rx) = vthread::sync::channel(1);
/// tx.send(()).block().unwrap();
/// assert!(vthread::metrics().workers > 0);
/// ```
pub fn metrics() -> Metrics {
    let helpers = blocking::helpers();
    let (timers, descriptors) = driver::started()
        .map(|driver| driver.counts())
        .unwrap_or_default();
    let figures = Metrics {
        alive: snapshot::n_alive(),
        timers,
        descriptors,
        deadlocks: watchdog::n_reported(),
        abandoned: blocking::n_abandoned(),
        threads: threads::n_threads(),
        helpers_running: helpers.running,
        helpers_idle: helpers.idle,
        helpers_queued: helpers.queued,
        ..Metrics::default()
    };
    let Some(scheduler) = super::SCHEDULER.get() else {
        return figures;
    };
    let counts = scheduler.counts();
    Metrics {
        workers: scheduler.workers(),
        queued: counts.queued,
        polls: counts.rounds,
        steals: counts.steals,
        parks: counts.sleeps,
        busy: scheduler.busy(),
        pinned: scheduler.pinned(),
        relieved: scheduler.n_relieved(),
        stuck: scheduler.stuck(),
        longest_stuck: scheduler.longest_stuck(),
        ..figures
    }
}

impl Metrics {
    /// Returns the figures in the text format of Prometheus, as a page for it to read:
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/>.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// let page = vthread::metrics().to_prometheus();
    /// assert!(page.contains("\nvthread_alive 0\n"));
    /// ```
    pub fn to_prometheus(&self) -> String {
        let mut page = Page::default();
        page.gauge("workers", "OS threads that run vthreads.", self.workers);
        page.gauge("alive", "Vthreads that have not ended.", self.alive);
        page.gauge("queued", "Vthreads that wait for a worker.", self.queued);
        page.counter("polls", "Polls of vthreads, and looks for one.", self.polls);
        page.counter(
            "steals",
            "Takings of vthreads from another worker.",
            self.steals,
        );
        page.counter("parks", "Sleeps of workers.", self.parks);
        page.head(
            "busy_seconds_total",
            "counter",
            "Time that a worker was awake.",
        );
        for (worker, busy) in self.busy.iter().enumerate() {
            let seconds = busy.as_secs_f64();
            page.line(format_args!(
                "busy_seconds_total{{worker=\"{worker}\"}} {seconds}"
            ));
        }
        page.gauge("timers", "Timers that are set.", self.timers);
        page.gauge(
            "descriptors",
            "Descriptors that are watched.",
            self.descriptors,
        );
        page.counter(
            "pinned",
            "Blocking calls in plain code below a vthread.",
            self.pinned,
        );
        page.counter("deadlocks", "Deadlocks that were reported.", self.deadlocks);
        page.counter(
            "abandoned",
            "Cancelled calls that a helper had begun.",
            self.abandoned,
        );
        page.counter(
            "relieved",
            "Workers relieved of a stuck poll.",
            self.relieved,
        );
        page.gauge(
            "stuck",
            "Stuck polls that have not ended.",
            self.stuck.len(),
        );
        page.gauge("threads", "OS threads of the library.", self.threads);
        page.gauge(
            "helpers_running",
            "Helper threads that work.",
            self.helpers_running,
        );
        page.gauge(
            "helpers_idle",
            "Helper threads without work.",
            self.helpers_idle,
        );
        page.gauge(
            "helpers_queued",
            "Calls that wait for a helper.",
            self.helpers_queued,
        );
        page.0
    }
}

/// A page in Prometheus' text format.
#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.line(format_args!("{name} {value}"));
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        let name = format!("{name}_total");
        self.head(&name, "counter", help);
        self.line(format_args!("{name} {value}"));
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP vthread_{name} {help}");
        let _ = writeln!(self.0, "# TYPE vthread_{name} {kind}");
    }

    fn line(&mut self, sample: impl Display) {
        let _ = writeln!(self.0, "vthread_{sample}");
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_help_a_type_and_a_sample_for_each_figure() {
        let metrics = Metrics {
            steals: 7,
            busy: vec![Duration::from_millis(1500), Duration::ZERO],
            ..Metrics::default()
        };
        let page = metrics.to_prometheus();
        let steals = "# HELP vthread_steals_total Takings of vthreads from another worker.\n\
                      # TYPE vthread_steals_total counter\n\
                      vthread_steals_total 7\n";
        assert!(page.contains(steals), "{page}");
        assert!(page.contains("\nvthread_busy_seconds_total{worker=\"0\"} 1.5\n"));
        assert!(page.contains("\nvthread_busy_seconds_total{worker=\"1\"} 0\n"));
        for line in page.lines() {
            let is_sample = line.starts_with("vthread_") && line.split(' ').count() == 2;
            assert!(is_sample || line.starts_with("# "), "{line}");
        }
    }
}
