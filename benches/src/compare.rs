//! The comparison: each repetition in a process of its own, by turns, and a table of medians.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::measure::{LISTENING, RESULT, n_workers};
use crate::workloads::{Contender, Workload};
use crate::{go, load, open_load};

/// A repetition that takes this long hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// The part of the slowest peer's peak at which servers are loaded by the clock.
const PART_OF_PEAK: f64 = 0.6;

/// What a server answers.
#[derive(Clone, Copy, Debug)]
enum Load {
    /// The next message of a connection when the one before has come back.
    AsFastAsItAnswers,
    /// So many messages a second.
    PerSecond(f64),
}

/// The values of each metric, for each contender in the order of `Contender::ALL`.
type Values = BTreeMap<String, [Vec<f64>; Contender::ALL.len()]>;

/// Runs all `workloads` for a number of rounds and prints a line for each metric.
pub(crate) fn run(workloads: &[Workload], rounds: usize) -> Result<(), String> {
    let go = go::build();
    println!("medians of {rounds} rounds; ratio = vthread / the best peer, below 1 is better");
    print!("{:<12} {:<20}", "workload", "metric");
    for contender in Contender::ALL {
        print!(" {:>10}", contender.name());
    }
    println!(" {:>8}", "ratio");
    let mut failures = Vec::new();
    for &workload in workloads {
        let mut values = Values::new();
        let load = match workload {
            Workload::Echo => Some(Load::AsFastAsItAnswers),
            Workload::EchoOpen => {
                let rate = PART_OF_PEAK * peak_of_the_slowest_peer(go.as_deref())?;
                println!("{:<12} {rate:.0} messages a second", workload.name());
                Some(Load::PerSecond(rate))
            }
            _ => None,
        };
        for round in 0..rounds {
            for turn in 0..Contender::ALL.len() {
                // The order alternates, so that no contender always gets the warmer machine.
                let idx = (round + turn) % Contender::ALL.len();
                let contender = Contender::ALL[idx];
                if !contender.runs(workload) || contender == Contender::Go && go.is_none() {
                    continue;
                }
                match repeat(workload, contender, go.as_deref(), load) {
                    Ok(results) => {
                        for (metric, value) in results {
                            values.entry(metric).or_default()[idx].push(value);
                        }
                    }
                    Err(why) => failures.push(why),
                }
            }
        }
        print_medians(workload, values);
    }
    failures.sort();
    failures.dedup();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n"))
    }
}

/// How many messages the slowest peer gives back in a second.
fn peak_of_the_slowest_peer(go: Option<&Path>) -> Result<f64, String> {
    let mut slowest = f64::INFINITY;
    for contender in Contender::ALL {
        if contender == Contender::Vthread || contender == Contender::Go && go.is_none() {
            continue;
        }
        let load = Some(Load::AsFastAsItAnswers);
        for (metric, value) in repeat(Workload::Echo, contender, go, load)? {
            if metric == load::MICROS_EACH {
                slowest = slowest.min(1e6 / value);
            }
        }
    }
    Ok(slowest)
}

fn print_medians(workload: Workload, values: Values) {
    for (metric, values) in values {
        let medians = values.map(median);
        print!("{:<12} {metric:<20}", workload.name());
        for median in medians {
            let shown = median.map_or("-".to_owned(), |value| format!("{value:.1}"));
            print!(" {shown:>10}");
        }
        let [ours, peers @ ..] = medians;
        let best = peers.into_iter().flatten().min_by(f64::total_cmp);
        let ratio = ours
            .zip(best)
            .map_or("-".to_owned(), |(ours, best)| format!("{:.2}", ours / best));
        println!(" {ratio:>8}");
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return Some(values[middle]);
    }
    Some((values.get(middle)? + values.get(middle.checked_sub(1)?)?) / 2.0)
}

/// One repetition of `workload` by `contender`, in a process of its own.
fn repeat(
    workload: Workload,
    contender: Contender,
    go: Option<&Path>,
    load: Option<Load>,
) -> Result<Vec<(String, f64)>, String> {
    let failed = |why: String| format!("{} on {}: {why}", workload.name(), contender.name());
    let mut command = match (contender, go) {
        (Contender::Go, Some(go)) => Command::new(go),
        _ => {
            let myself = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
            let mut command = Command::new(myself);
            command.args(["run", contender.name()]);
            command
        }
    };
    let workers = n_workers().to_string();
    let mut process = command
        .arg(workload.name())
        .env("SMOL_THREADS", &workers)
        .env("VTHREAD_WORKERS", workers)
        .stdout(Stdio::piped())
        .spawn()
        .map(Repetition)
        .map_err(|error| failed(error.to_string()))?;
    let lines = process.lines();
    if let Some(load) = load {
        let port = loop {
            let line = lines
                .recv_timeout(LIMIT)
                .map_err(|e| failed(e.to_string()))?;
            if let Some(port) = line.strip_prefix(LISTENING) {
                break port.trim().parse().map_err(|_| failed(line))?;
            }
        };
        let server = process.0.id();
        let done = match load {
            Load::AsFastAsItAnswers => load::run(port, server),
            Load::PerSecond(rate) => open_load::run(port, server, rate),
        };
        return done.map_err(|error| failed(error.to_string()));
    }
    let mut results = Vec::new();
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) => results.extend(parse(&line)),
            Err(mpsc::RecvTimeoutError::Timeout) => return Err(failed("it hangs".to_owned())),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = process
        .0
        .wait()
        .map_err(|error| failed(error.to_string()))?;
    if !status.success() || results.is_empty() {
        return Err(failed(format!("it ended with {status}")));
    }
    Ok(results)
}

pub(crate) fn parse(line: &str) -> Option<(String, f64)> {
    let mut words = line.split_whitespace();
    if words.next()? != RESULT {
        return None;
    }
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
}

/// A child process, which never outlives its repetition.
#[derive(Debug)]
struct Repetition(Child);

impl Repetition {
    /// The lines of its output, as they arrive.
    fn lines(&mut self) -> mpsc::Receiver<String> {
        let (line, lines) = mpsc::channel();
        let output = self.0.stdout.take().expect("the output is piped");
        std::thread::spawn(move || {
            for text in BufReader::new(output).lines().map_while(Result::ok) {
                if line.send(text).is_err() {
                    break;
                }
            }
        });
        lines
    }
}

impl Drop for Repetition {
    fn drop(&mut self) {
        // It may have ended already, which is just as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
