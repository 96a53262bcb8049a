//! The output of a repetition for its parent: lines of `RESULT metric value`.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

/// The first word of a line that holds a result.
pub(crate) const RESULT: &str = "RESULT";
/// The first word of the line with a server's port.
pub(crate) const LISTENING: &str = "LISTENING";

/// The workers of every contender.
pub(crate) fn n_workers() -> usize {
    std::env::var("VTHREAD_WORKERS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(2)
}

/// A clock over a number of operations.
#[derive(Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Stopwatch(Instant::now())
    }

    /// Prints the nanoseconds of each of `n_ops` operations since the start.
    pub(crate) fn tell_ns_each(self, n_ops: usize) {
        tell("ns_each", self.0.elapsed().as_nanos() as f64 / n_ops as f64);
    }
}

/// Prints one result.
pub(crate) fn tell(metric: &str, value: f64) {
    say(format_args!("{RESULT} {metric} {value:.3}"));
}

/// Prints that a server accepts connections at `port`.
pub(crate) fn tell_listening(port: u16) {
    say(format_args!("{LISTENING} {port}"));
}

/// Prints how the memory of this process has grown since it held `before` bytes.
pub(crate) fn tell_growth(before: u64, n_tasks: usize) {
    // The kernel counts pages with some delay.
    std::thread::sleep(Duration::from_millis(300));
    tell(
        "bytes_each",
        (resident_bytes() as f64 - before as f64) / n_tasks as f64,
    );
}

fn say(line: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    // A parent that has gone away needs no result.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The resident memory of this process.
pub(crate) fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the benches run on Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("a known line");
    let kib: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .expect("a number");
    kib * 1024
}

/// The processor time that process `pid` has used, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    // The name is in parentheses and may hold anything; the numbers come after it.
    let (_, numbers) = stat.rsplit_once(") ").expect("a name in parentheses");
    let ticks: f64 = numbers
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
