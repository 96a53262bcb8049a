//! Counting: runs of this program under callgrind.

use crate::paths::Path;
use std::fs;
use std::process::Command;

/// How often a path is counted at most.
const ROUNDS: usize = 5;
/// More than a thread executes that is not a worker.
const OTHERS: u64 = 1_500_000;

/// The instructions of one operation of `path`: the median of some counts, as the monitor may
/// relieve the worker in one of them. The first one that is `good_enough` ends the search.
pub(crate) fn each(path: &Path, good_enough: impl Fn(f64) -> bool) -> (&'static str, f64) {
    let mut counts = Vec::new();
    for _ in 0..ROUNDS {
        let once = total(path, path.times);
        let twice = total(path, 2 * path.times);
        let count = (twice as f64 - once as f64) / path.times as f64;
        if good_enough(count) {
            return (path.name, count);
        }
        counts.push(count);
    }
    counts.sort_by(f64::total_cmp);
    (path.name, counts[ROUNDS / 2])
}

/// The instructions of the workers' threads in a process that takes the path for `n` times, on one
/// worker at a time. The monitor and the watchdog look as time passes, and do not count.
fn total(path: &Path, n: usize) -> u64 {
    let me = std::env::current_exe().expect("the path of this program");
    let out = tempfile::tempdir().expect("a folder for callgrind's output");
    let mut command = Command::new("valgrind");
    if path.is_recorded {
        command.env("VTHREAD_TRACE", out.path().join("timeline.json"));
    }
    let run = command
        .args(["--tool=callgrind", "--separate-threads=yes"])
        .arg(format!(
            "--callgrind-out-file={}",
            out.path().join("out").display()
        ))
        .arg(me)
        .args(["take", path.way(), &n.to_string()])
        .env("VTHREAD_WORKERS", "1")
        .output()
        .unwrap_or_else(|error| panic!("valgrind cannot be started: {error}"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.stdout == crate::TAKEN.as_bytes(),
        "{} failed:\n{said}",
        path.name
    );
    let files = fs::read_dir(out.path()).expect("callgrind's output");
    let totals: Vec<u64> = files
        .map(|file| of_thread(&file.expect("callgrind's output").path()))
        .collect();
    // Where the monitor has relieved the worker, another thread has gone on with the path.
    let most = *totals.iter().max().expect("callgrind's output");
    let has_worked = |total: &&u64| **total > (most / 20).max(OTHERS);
    totals.iter().filter(has_worked).sum()
}

/// The total in a thread's profile.
fn of_thread(profile: &std::path::Path) -> u64 {
    let text = fs::read_to_string(profile).expect("callgrind's output");
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total.map_or(0, |total| {
        total.trim().parse().expect("a number of instructions")
    })
}
