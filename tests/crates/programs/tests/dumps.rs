//! A program that hangs tells why when it gets a signal, while all workers are stuck as well.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A started program, killed at the end.
struct Hung(Child);

impl Drop for Hung {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(arguments: &[&str], request: &str) -> Hung {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dump_main"))
        .args(arguments)
        .env("VTHREAD_DUMP", request)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    Hung(child)
}

impl Hung {
    fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status();
        assert!(sent.unwrap().success());
    }
}

/// Whether the text names the wait that hangs.
fn is_diagnosis(text: &str) -> bool {
    text.contains("`waiter`")
        && text.contains(" for a lock that `holder`")
        && text.contains("dump_main.rs:")
}

#[test]
fn a_dump_is_written_to_the_standard_error() {
    let mut hung = start(&[], "quit");
    hung.signal("QUIT");
    let mut lines = BufReader::new(hung.0.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert_eq!(first, format!("vthread: dump of process {}", hung.0.id()));
    // The clients are one line, whichever of them waits already.
    let mut rest = Vec::new();
    for line in lines {
        rest.push(line.unwrap());
        if is_diagnosis(&rest[rest.len() - 1]) {
            break;
        }
        assert!(rest.len() < 10, "{rest:?}");
    }
    let clients = |line: &String| line.contains("1000 times a vthread (spawned at ");
    assert!(rest.iter().any(clients), "{rest:?}");
    // It goes on.
    assert!(hung.0.try_wait().unwrap().is_none());
}

#[test]
fn a_dump_comes_while_every_worker_is_stuck() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dumps.txt");
    let hung = start(&["stuck"], &format!("usr1:{}", path.display()));
    hung.signal("USR1");
    let start = Instant::now();
    loop {
        let mut text = String::new();
        std::fs::File::open(&path)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        if is_diagnosis(&text) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{text}");
        std::thread::yield_now();
    }
}

#[test]
fn a_request_that_cannot_be_met_is_reported() {
    for request in ["sometimes", "kill", "9", "quit:/no/such/folder/dumps.txt"] {
        let mut hung = start(&[], request);
        let mut line = String::new();
        let stderr = hung.0.stderr.take().unwrap();
        BufReader::new(stderr).read_line(&mut line).unwrap();
        let expected = format!("vthread: VTHREAD_DUMP={request:?} has no effect: ");
        assert!(line.starts_with(&expected), "{line}");
    }
}
