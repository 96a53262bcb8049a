//! Workers are replaced under load, and no request is lost.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::program::binary;

const PATIENCE: Duration = Duration::from_secs(60);

struct Prefork {
    parent: Child,
    lines: Mutex<std::io::Lines<BufReader<ChildStdout>>>,
    address: String,
}

impl Prefork {
    fn start() -> Prefork {
        let mut parent = Command::new(binary("prefork"))
            .args(["--workers", "3"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut lines = BufReader::new(parent.stdout.take().expect("piped")).lines();
        let first = lines.next().expect("a line").expect("text");
        let address = first.strip_prefix("listening on ").expect("an address");
        Prefork {
            address: address.to_owned(),
            parent,
            lines: Mutex::new(lines),
        }
    }

    fn line(&self) -> String {
        let next = self.lines.lock().unwrap().next();
        next.expect("a line").expect("text")
    }

    fn signal(&self, name: &str) {
        signal(name, self.parent.id());
    }

    /// The process that answers; an error: no answer.
    fn ask(&self) -> Result<u32, String> {
        let mut stream = TcpStream::connect(&self.address).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        let mut answer = String::new();
        let asked = stream
            .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .and_then(|()| stream.read_to_string(&mut answer));
        let process = answer
            .trim()
            .rsplit_once("answered by ")
            .map(|(_, process)| process);
        match (asked, process) {
            (Ok(_), Some(process)) => Ok(process.parse().expect("a number")),
            (asked, _) => Err(format!("{asked:?} {answer:?}")),
        }
    }

    /// The end by `SIGTERM`.
    fn end(mut self) {
        self.signal("TERM");
        assert!(self.parent.wait().expect("it ends").success());
    }
}

/// It ends with a failed test, too.
impl Drop for Prefork {
    fn drop(&mut self) {
        if let Ok(None) = self.parent.try_wait() {
            self.signal("TERM");
            let _ = self.parent.wait();
        }
    }
}

fn signal(name: &str, process: u32) {
    let mut kill = Command::new("kill");
    let status = kill
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn a_rolling_restart_under_load_loses_no_request() {
    let (prefork, is_over) = (Prefork::start(), AtomicBool::new(false));
    let (n_answers, losses) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let processes = Mutex::new(BTreeSet::new());
    let mut lines = Vec::new();
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                while !is_over.load(Ordering::Acquire) {
                    match prefork.ask() {
                        Ok(process) => {
                            processes.lock().unwrap().insert(process);
                            n_answers.fetch_add(1, Ordering::AcqRel);
                        }
                        Err(error) => losses.lock().unwrap().push(error),
                    }
                }
            });
        }
        for _ in 0..3 {
            let before = n_answers.load(Ordering::Acquire);
            while n_answers.load(Ordering::Acquire) < before + 100 {
                std::thread::yield_now();
            }
            prefork.signal("HUP");
            lines.push(prefork.line());
        }
        is_over.store(true, Ordering::Release);
    });
    let (n_answers, losses) = (n_answers.into_inner(), losses.into_inner().unwrap());
    println!(
        "{n_answers} answers in three rolling restarts, {} lost",
        losses.len()
    );
    assert_eq!(lines, ["replaced 3 workers"; 3]);
    assert_eq!(losses, Vec::<String>::new());
    // Those that are there now have answered, or not; the nine that were replaced are others.
    assert!(processes.into_inner().unwrap().len() >= 6);
    prefork.end();
}

#[test]
fn a_worker_that_dies_is_replaced() {
    let prefork = Prefork::start();
    let first = prefork.ask().expect("an answer");
    signal("KILL", first);
    // Its listener stays, so connections wait for the next worker; one that was accepted is lost.
    let before = Instant::now();
    let mut others = BTreeSet::new();
    while others.len() < 3 {
        if let Ok(process) = prefork.ask()
            && process != first
        {
            others.insert(process);
        }
        assert!(before.elapsed() < PATIENCE);
    }
    prefork.end();
}
