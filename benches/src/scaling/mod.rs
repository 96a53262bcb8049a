//! How the cost of an operation changes with the number of what is alive: four curves, for each
//! contender, as pictures (`benches/scaling/*.svg`).
//!
//! Each point is a process of its own, and the median of some rounds.

mod on_smol;
mod on_tokio;
mod on_vthread;
mod svg;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::compare::{median, parse};
use crate::measure::{n_workers, tell};

/// A curve: what there are many of, and what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    /// The children of one group that do nothing: the time of each, with its join.
    Children,
    /// Vthreads that are alive and yield: the time of a yield.
    Alive,
    /// Timers that are set: the processor time of a sleep.
    Timers,
    /// Open connections: the processor time of a round trip, server and client.
    Connections,
}

/// The contenders of the curves.
const CONTENDERS: [&str; 3] = ["vthread", "tokio", "smol"];
/// How often each point is measured.
const ROUNDS: usize = 5;

impl Curve {
    const ALL: [Curve; 4] = [
        Curve::Children,
        Curve::Alive,
        Curve::Timers,
        Curve::Connections,
    ];

    fn name(self) -> &'static str {
        match self {
            Curve::Children => "children",
            Curve::Alive => "alive",
            Curve::Timers => "timers",
            Curve::Connections => "connections",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Curve::Children => "a child and its join, ns, by the children of the group",
            Curve::Alive => "a yield, ns, by the vthreads that are alive",
            Curve::Timers => "a sleep, ns of processor time, by the timers that are set",
            Curve::Connections => "a round trip, ns of processor time, by open connections",
        }
    }

    /// The numbers at which it is measured.
    fn points(self) -> Vec<usize> {
        let digits = match self {
            Curve::Children | Curve::Alive => 6,
            Curve::Timers => 5,
            Curve::Connections => 4,
        };
        (0..=digits).map(|digit| 10_usize.pow(digit)).collect()
    }

    /// How often each of `n` does it, so that a point takes some tenths of a second.
    fn turns(self, n: usize) -> usize {
        match self {
            Curve::Children => (300_000 / n).clamp(1, 30_000),
            Curve::Alive => (1_000_000 / n).max(10),
            Curve::Timers => (100_000 / n).clamp(1, 200),
            Curve::Connections => (20_000 / n).max(2),
        }
    }
}

/// One point, in a process of its own.
pub(crate) fn repeat_once(contender: &str, curve: &str, n: &str) -> Option<()> {
    let curve = Curve::ALL.into_iter().find(|it| it.name() == curve)?;
    let n = n.parse().ok()?;
    let n_descriptors = raise_descriptors();
    if curve == Curve::Connections && n_descriptors < 2 * n as u64 + 100 {
        // Without a result the point is left out.
        return Some(());
    }
    match contender {
        "vthread" => on_vthread::run(curve, n, curve.turns(n)),
        "tokio" => on_tokio::run(curve, n, curve.turns(n)),
        "smol" => on_smol::run(curve, n, curve.turns(n)),
        _ => return None,
    }
    Some(())
}

/// Measures all curves, and writes the pictures and the numbers.
pub(crate) fn draw() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scaling");
    let mut table = String::from("# curve\tcontender\tnumber\tns\n");
    for curve in Curve::ALL {
        let mut lines = CONTENDERS.map(|contender| (contender, Vec::new()));
        for n in curve.points() {
            for (contender, line) in &mut lines {
                let values: Vec<f64> = (0..ROUNDS)
                    .filter_map(|_| point(contender, curve, n))
                    .collect();
                // More connections than the system gives descriptors for, say.
                let Some(value) = median(values) else {
                    eprintln!("{} {n} on {contender}: left out", curve.name());
                    continue;
                };
                println!("{} {n} {contender} {value:.1}", curve.name());
                table += &format!("{}\t{contender}\t{n}\t{value:.1}\n", curve.name());
                line.push((n as f64, value));
            }
        }
        let picture = svg::picture(curve.title(), &lines);
        write(&folder.join(curve.name()).with_extension("svg"), &picture)?;
    }
    write(&folder.join("points.tsv"), &table)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn point(contender: &str, curve: Curve, n: usize) -> Option<f64> {
    let workers = n_workers().to_string();
    let out = Command::new(std::env::current_exe().ok()?)
        .args(["scale", contender, curve.name(), &n.to_string()])
        .env("SMOL_THREADS", &workers)
        .env("VTHREAD_WORKERS", workers)
        .output()
        .ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.lines().find_map(parse).map(|(_, value)| value)
}

/// Allows as many descriptors as the system does, and returns how many these are.
fn raise_descriptors() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.maximum;
    let raised = setrlimit(Resource::Nofile, Rlimit { current, ..limit });
    let now = if raised.is_ok() {
        current
    } else {
        limit.current
    };
    now.unwrap_or(u64::MAX)
}

/// The processor time of this process.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A clock over a number of operations that counts processor time.
struct ProcessorWatch(Duration);

impl ProcessorWatch {
    fn start() -> Self {
        ProcessorWatch(processor_time())
    }

    fn tell_ns_each(self, n_ops: usize) {
        let took = processor_time() - self.0;
        tell("ns_each", took.as_nanos() as f64 / n_ops as f64);
    }
}
