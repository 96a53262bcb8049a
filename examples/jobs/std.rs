//! A job runner on std: OS threads read what the jobs write, and wait for their ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

const USAGE: &str = "usage: jobs [--at-once N] FILE|-
each line: NAME [after=A,B] [timeout=MILLISECONDS] [retries=N] [input=TEXT]: COMMAND";

/// How much is kept of each stream of a job.
const KEPT: usize = 64 * 1024;

/// One line of the file.
#[derive(Debug)]
struct Job {
    name: String,
    after: Vec<String>,
    limit: Option<Duration>,
    retries: u32,
    input: String,
    command: String,
}

impl Job {
    fn parse(line: &str) -> Result<Job, String> {
        let (head, command) = line.split_once(": ").ok_or("no command")?;
        let mut words = head.split_whitespace();
        let mut job = Job {
            name: words.next().ok_or("no name")?.to_string(),
            after: Vec::new(),
            limit: None,
            retries: 0,
            input: String::new(),
            command: command.trim().to_string(),
        };
        for word in words {
            let (key, value) = word.split_once('=').ok_or(format!("{word}?"))?;
            let number = || {
                value
                    .parse::<u32>()
                    .map_err(|_| format!("{word}: no number"))
            };
            match key {
                "after" => job.after = value.split(',').map(str::to_string).collect(),
                "timeout" => job.limit = Some(Duration::from_millis(number()?.into())),
                "retries" => job.retries = number()?,
                "input" => job.input = value.to_string(),
                _ => return Err(format!("{key}?")),
            }
        }
        Ok(job)
    }
}

/// The jobs of a file, of which each is after others of it.
fn parse(text: &str) -> Result<Vec<Job>, String> {
    let mut jobs: Vec<Job> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let job = Job::parse(line).map_err(|error| format!("line {}: {error}", n + 1))?;
        let is_known = |name: &String| jobs.iter().any(|job| job.name == *name);
        if is_known(&job.name) {
            return Err(format!("line {}: {} is there twice", n + 1, job.name));
        }
        // A job is after earlier ones only, so there is no circle.
        if let Some(unknown) = job.after.iter().find(|name| !is_known(name)) {
            return Err(format!("line {}: {unknown} is not above", n + 1));
        }
        jobs.push(job);
    }
    Ok(jobs)
}

/// How a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Exited(i32),
    Killed(i32),
    TimedOut,
    Failed,
    Skipped,
}

impl End {
    fn of(status: ExitStatus) -> End {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Exited(code),
            (None, Some(signal)) => End::Killed(signal),
            (None, None) => End::Failed,
        }
    }

    fn is_good(self) -> bool {
        self == End::Exited(0)
    }

    fn text(self) -> String {
        match self {
            End::Exited(0) => "done".to_string(),
            End::Exited(code) => format!("failed with {code}"),
            End::Killed(signal) => format!("killed by signal {signal}"),
            End::TimedOut => "timed out".to_string(),
            End::Failed => "not started".to_string(),
            End::Skipped => "skipped".to_string(),
        }
    }
}

/// The last bytes of a stream, and how many there were.
#[derive(Debug, Default)]
struct Capture {
    last: VecDeque<u8>,
    len: usize,
}

impl Capture {
    fn add(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        self.last.extend(bytes);
        let more = self.last.len().saturating_sub(KEPT);
        self.last.drain(..more);
    }

    fn text(&self) -> String {
        let bytes: Vec<u8> = self.last.iter().copied().collect();
        let kept = String::from_utf8_lossy(&bytes).into_owned();
        match self.len - self.last.len() {
            0 => kept,
            gone => format!("({gone} bytes before)\n{kept}"),
        }
    }
}

/// What is known of a job when it has ended.
#[derive(Debug)]
struct Report {
    end: End,
    tries: u32,
    stdout: Capture,
    stderr: Capture,
}

impl Report {
    fn new(end: End, tries: u32) -> Report {
        Report {
            end,
            tries,
            stdout: Capture::default(),
            stderr: Capture::default(),
        }
    }
}

/// Reads a stream to its end. An error is an end as well.
fn capture<R: Read>(mut stream: R, capture: &mut Capture) {
    let mut bytes = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut bytes) {
        capture.add(&bytes[..n]);
    }
}

/// Gives a job its input. One that does not want it all has closed its end.
fn feed<W: Write>(mut stream: W, input: &str) {
    let _ = stream.write_all(input.as_bytes());
}

/// Waits for a process, for no longer than the limit, and kills its whole group then.
fn wait(child: &mut Child, limit: Option<Duration>) -> io::Result<End> {
    let Some(limit) = limit else {
        return Ok(End::of(child.wait()?));
    };
    let group = format!("-{}", child.id());
    let (sender, ended) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || sender.send(child.wait()).unwrap());
        match ended.recv_timeout(limit) {
            Ok(status) => Ok(End::of(status?)),
            Err(RecvTimeoutError::Timeout) => {
                Command::new("kill")
                    .args(["-KILL", "--", &group])
                    .status()?;
                Ok(End::TimedOut)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(End::Failed),
        }
    })
}

/// Runs a command once.
fn try_once(job: &Job, report: &mut Report) -> io::Result<End> {
    let mut child = Command::new("sh")
        .args(["-c", &job.command])
        .env("JOB", &job.name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let stdin = child.stdin.take().unwrap();
    let stdout = child.stdout.take().unwrap();
    let stderr = child.stderr.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| feed(stdin, &job.input));
        scope.spawn(|| capture(stdout, &mut report.stdout));
        scope.spawn(|| capture(stderr, &mut report.stderr));
        wait(&mut child, job.limit)
    })
}

/// Runs a job until it succeeds or has no more tries.
fn run(job: &Job) -> Report {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut report = Report::new(End::Failed, tries);
        match try_once(job, &mut report) {
            Ok(end) => report.end = end,
            Err(error) => report.stderr.add(format!("{error}\n").as_bytes()),
        }
        if report.end.is_good() || tries > job.retries {
            return report;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Runs a job, and tells that it has ended.
fn run_one(n: usize, job: &Job, reports: Sender<(usize, Report)>) {
    let report = run(job);
    // The receiver is there until the last job has ended.
    let _ = reports.send((n, report));
}

/// What happens to a job now.
enum Turn {
    Starts,
    Waits,
    IsSkipped,
}

/// Runs all jobs, so many at once, each when those before it have succeeded.
fn run_all(jobs: &[Job], at_once: usize) -> Vec<Report> {
    let mut ends: BTreeMap<&str, End> = BTreeMap::new();
    let mut waiting: BTreeSet<usize> = (0..jobs.len()).collect();
    let mut done: BTreeMap<usize, Report> = BTreeMap::new();
    let (sender, reports) = mpsc::channel();
    let mut running = 0;
    thread::scope(|scope| {
        while done.len() < jobs.len() {
            for n in waiting.clone() {
                let before: Vec<_> = jobs[n].after.iter().map(|name| ends.get(&**name)).collect();
                let turn = match () {
                    () if before.iter().flatten().any(|end| !end.is_good()) => Turn::IsSkipped,
                    () if running < at_once && before.iter().all(Option::is_some) => Turn::Starts,
                    () => Turn::Waits,
                };
                match turn {
                    Turn::Waits => continue,
                    Turn::Starts => {
                        let (job, sender) = (&jobs[n], sender.clone());
                        running += 1;
                        scope.spawn(move || run_one(n, job, sender));
                    }
                    Turn::IsSkipped => {
                        ends.insert(&jobs[n].name, End::Skipped);
                        done.insert(n, Report::new(End::Skipped, 0));
                    }
                }
                waiting.remove(&n);
            }
            if running > 0
                && let Ok((n, report)) = reports.recv()
            {
                running -= 1;
                ends.insert(&jobs[n].name, report.end);
                done.insert(n, report);
            }
        }
    });
    done.into_values().collect()
}

/// Prints what the jobs have written, in the order of the file.
fn print<W: Write>(out: &mut W, jobs: &[Job], reports: &[Report]) -> io::Result<()> {
    for (job, report) in jobs.iter().zip(reports) {
        let tries = match report.tries {
            0 | 1 => String::new(),
            n => format!(", {n} tries"),
        };
        writeln!(out, "{}: {}{tries}", job.name, report.end.text())?;
        for (name, capture) in [("out", &report.stdout), ("err", &report.stderr)] {
            for line in capture.text().lines() {
                writeln!(out, "  {name}: {line}")?;
            }
        }
    }
    out.flush()
}

fn read_jobs(path: &str) -> io::Result<String> {
    match path {
        "-" => io::read_to_string(io::stdin()),
        path => fs::read_to_string(path),
    }
}

fn run_file(path: &str, at_once: usize) -> Result<bool, String> {
    let text = read_jobs(path).map_err(|error| format!("{path}: {error}"))?;
    let jobs = parse(&text)?;
    let reports = run_all(&jobs, at_once);
    print(&mut io::stdout(), &jobs, &reports).map_err(|error| error.to_string())?;
    Ok(reports.iter().all(|report| report.end.is_good()))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (at_once, path) = match arguments[..] {
        [path] => (Some(4), path),
        ["--at-once", n, path] => (n.parse().ok().filter(|n| *n > 0), path),
        _ => (None, ""),
    };
    let Some(at_once) = at_once else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run_file(path, at_once) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
