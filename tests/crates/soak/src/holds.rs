//! The resources of the process: threads, descriptors, vthreads, memory.

use crate::heap;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// A heap may grow by this many bytes, however small it was: by tables that grew with the
/// concurrent load, and by buffers that the queues have replaced but not freed yet. It is less than
/// a leak of one word in each round of a scene.
const HEAP_MAY_DIFFER: usize = 256 * 1024;
/// This many bytes may be spread over pages that cannot be returned, because each has a small
/// allocation on it.
const PAGES_MAY_DIFFER: usize = 4 * 1024 * 1024;

/// The resources of the process at one moment.
#[derive(Clone, Debug)]
pub struct Holds {
    /// OS threads: how many of each name.
    pub threads: BTreeMap<String, usize>,
    /// Open descriptors.
    pub descriptors: usize,
    /// Vthreads that have not ended.
    pub vthreads: usize,
    /// Bytes of the heap in use; 0 if they are not counted.
    pub heap: usize,
    /// Bytes of memory that the system has given to the process.
    pub resident: usize,
}

impl Holds {
    /// The resources right now.
    pub fn now() -> Self {
        Holds {
            threads: threads(),
            // The descriptor that reads the directory is not counted.
            descriptors: entries("/proc/self/fd") - 1,
            vthreads: vthreads(),
            heap: heap::in_use(),
            resident: resident("self"),
        }
    }

    /// The resources once nothing changes any more, for as long as an idle helper thread is kept;
    /// at most a minute. Free memory has been returned to the system.
    pub fn at_rest() -> Self {
        const KEPT: Duration = Duration::from_secs(11);
        let end = Instant::now() + Duration::from_secs(60);
        let (mut last, mut since) = (Holds::now(), Instant::now());
        while since.elapsed() < KEPT && Instant::now() < end {
            thread::sleep(Duration::from_millis(200));
            let now = Holds::now();
            if (&now.threads, now.descriptors, now.vthreads)
                != (&last.threads, last.descriptors, last.vthreads)
            {
                since = Instant::now();
            }
            last = now;
        }
        heap::give_back();
        last.resident = resident("self");
        last
    }

    /// The resources that have grown since `before`; memory only if it grew by more than a
    /// twentieth and by more than the tolerance.
    pub fn more_than(&self, before: &Holds) -> Vec<String> {
        let n_threads = |holds: &Holds| holds.threads.values().sum();
        let counts = [
            ("threads", n_threads(before), n_threads(self), 0),
            ("descriptors", before.descriptors, self.descriptors, 0),
            ("vthreads", before.vthreads, self.vthreads, 0),
            (
                "bytes of the heap",
                before.heap,
                self.heap,
                HEAP_MAY_DIFFER.max(before.heap / 20),
            ),
            (
                "bytes of memory",
                before.resident,
                self.resident,
                PAGES_MAY_DIFFER.max(before.resident / 20),
            ),
        ];
        counts
            .into_iter()
            .filter(|(_, before, now, allowed)| *now > before + allowed)
            .map(|(what, before, now, _)| format!("{now} {what}, and it had begun with {before}"))
            .collect()
    }
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "threads {:?}, {} descriptors, {} vthreads, {} kB of heap, {} kB resident",
            self.threads,
            self.descriptors,
            self.vthreads,
            self.heap / 1024,
            self.resident / 1024
        )
    }
}

fn entries(directory: &str) -> usize {
    fs::read_dir(directory).map_or(0, Iterator::count)
}

/// The name of each thread, without a number at its end, and how many have it.
fn threads() -> BTreeMap<String, usize> {
    let mut threads = BTreeMap::new();
    for thread in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        // A thread that ends meanwhile has no name any more.
        if let Ok(name) = fs::read_to_string(thread.path().join("comm")) {
            let kind = name
                .trim_end()
                .trim_end_matches(|c: char| c.is_ascii_digit());
            *threads.entry(kind.to_owned()).or_default() += 1;
        }
    }
    threads
}

/// The dump has a line for each spawned vthread.
fn vthreads() -> usize {
    let dump = vthread::dump().to_string();
    dump.lines()
        .filter(|line| line.contains("(spawned at "))
        .count()
}

/// How many bytes of memory the process with this number has.
pub fn resident(process: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0) * 1024
}
