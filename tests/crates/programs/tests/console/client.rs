//! A program with a console, and a client that asks it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// A started program, killed at the end.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) addr: SocketAddr,
    /// What it writes later has a reader, too.
    _stderr: BufReader<ChildStderr>,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_console_main"));
    command
        .args(arguments)
        .env_remove("VTHREAD_CONSOLE")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts the program with a console at a port that the system chooses.
pub(crate) fn start(arguments: &[&str]) -> Program {
    started(command(arguments).env("VTHREAD_CONSOLE", "127.0.0.1:0"))
}

pub(crate) fn started(command: &mut Command) -> Program {
    let mut child = command.spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let addr = line.strip_prefix("vthread: the console is at http://");
    let addr = addr.unwrap_or_else(|| panic!("{line}"));
    Program {
        addr: addr.trim_end().trim_end_matches('/').parse().unwrap(),
        child,
        _stderr: stderr,
    }
}

/// An answer, in its parts.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        let json = serde_json::from_str(&self.body);
        json.unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.body))
    }
}

impl Program {
    /// A connection on which nothing was said yet.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.addr).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
    }

    /// The answer to these bytes.
    pub(crate) fn say(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // It may refuse before it has read all.
        let _ = stream.write_all(request);
        read(stream)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.say(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    /// The answer at `path` as soon as `is_it` finds it as it should be.
    pub(crate) fn wait(&self, path: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let json = self.get(path).json();
            if is_it(&json) {
                return json;
            }
            assert!(start.elapsed() < Duration::from_secs(300), "{json:#}");
        }
    }
}

pub(crate) fn read(mut stream: TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("{text}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// The line of the tree with this name.
pub(crate) fn line<'t>(tree: &'t Value, name: &str) -> Option<&'t Value> {
    let mut lines = tree["lines"].as_array().unwrap().iter();
    lines.find(|line| line["name"] == name)
}

/// Whether all vthreads of the program with so many connections are there, and wait.
pub(crate) fn all_wait(tree: &Value, n_connections: u64) -> bool {
    // Beside a client and its two: the call, those of the jobs, the holder and those that wait for
    // it, and the two of the deadlock.
    let n_vthreads = 3 * n_connections + 1 + 4 + 21 + 2;
    let lines = tree["lines"].as_array().unwrap();
    let mut states = lines.iter().filter_map(|line| line["state"].as_str());
    tree["vthreads"] == n_vthreads && states.all(|state| state == "waiting")
}

/// Whether there are so many that are alike, all waiting.
pub(crate) fn has(tree: &Value, name: &str, n: u64) -> bool {
    line(tree, name).is_some_and(|line| line["n"] == n && line["state"] == "waiting")
}
