//! A store that speaks the protocol of Redis, on vthread: a vthread for each connection.
//!
//! `std.rs` is the same program on std: imports, attributes and the uses of `spawn!` differ.
//!
//! ```text
//! cargo run --release --example redis -- 1000000 6379
//! redis-benchmark -t set,get,incr -P 16
//! ```

use std::collections::BTreeMap;
use std::env;
use vthread::io::{self, BufReader, BufWriter, ErrorKind};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::mpsc::{self, Receiver, Sender};

/// The longest argument of a command, and the most arguments.
const LONGEST: usize = 512 * 1024 * 1024;
const MOST: usize = 1024 * 1024;

/// What the store answers.
enum Reply {
    Simple(&'static str),
    Error(String),
    Integer(i64),
    Bulk(Vec<u8>),
    Nil,
    Array(Vec<Reply>),
}

/// A command, and where its answer goes.
struct Request {
    command: Vec<Vec<u8>>,
    answer: Sender<Reply>,
}

/// The keys and their values. Only its own thread touches it, so it needs no lock.
#[derive(Default)]
struct Store {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Store {
    fn execute(&mut self, command: &[Vec<u8>]) -> Reply {
        let Some((verb, arguments)) = command.split_first() else {
            return Reply::Error("ERR no command".to_string());
        };
        let verb = String::from_utf8_lossy(verb).to_uppercase();
        match (verb.as_str(), arguments) {
            ("PING", []) => Reply::Simple("PONG"),
            ("PING", [text]) | ("ECHO", [text]) => Reply::Bulk(text.clone()),
            ("SET", [key, value]) => self.set(key, value),
            ("GET", [key]) => self.get(key),
            ("GETSET", [key, value]) => {
                let before = self.get(key);
                self.set(key, value);
                before
            }
            ("MSET", pairs) if !pairs.is_empty() && pairs.len() % 2 == 0 => {
                for pair in pairs.chunks(2) {
                    self.set(&pair[0], &pair[1]);
                }
                Reply::Simple("OK")
            }
            ("MGET", keys) if !keys.is_empty() => {
                Reply::Array(keys.iter().map(|key| self.get(key)).collect())
            }
            ("DEL", keys) if !keys.is_empty() => {
                let gone = keys.iter().filter(|key| self.values.remove(*key).is_some());
                Reply::Integer(gone.count() as i64)
            }
            ("EXISTS", keys) if !keys.is_empty() => {
                let there = keys.iter().filter(|key| self.values.contains_key(*key));
                Reply::Integer(there.count() as i64)
            }
            ("INCR", [key]) => self.add(key, 1),
            ("DECR", [key]) => self.add(key, -1),
            ("INCRBY", [key, n]) => match number(n) {
                Some(n) => self.add(key, n),
                None => not_a_number(),
            },
            ("APPEND", [key, more]) => {
                let value = self.values.entry(key.clone()).or_default();
                value.extend_from_slice(more);
                Reply::Integer(value.len() as i64)
            }
            ("STRLEN", [key]) => {
                Reply::Integer(self.values.get(key).map_or(0, |value| value.len() as i64))
            }
            ("KEYS", [pattern]) if pattern == b"*" => {
                Reply::Array(self.values.keys().cloned().map(Reply::Bulk).collect())
            }
            ("DBSIZE", []) => Reply::Integer(self.values.len() as i64),
            ("FLUSHALL", _) => {
                self.values.clear();
                Reply::Simple("OK")
            }
            // What the usual clients ask first.
            ("COMMAND" | "CONFIG", _) => Reply::Array(Vec::new()),
            ("SELECT", [_]) => Reply::Simple("OK"),
            _ => Reply::Error(format!("ERR unknown command or wrong arguments: {verb}")),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Reply {
        self.values.insert(key.to_vec(), value.to_vec());
        Reply::Simple("OK")
    }

    fn get(&self, key: &[u8]) -> Reply {
        self.values
            .get(key)
            .cloned()
            .map_or(Reply::Nil, Reply::Bulk)
    }

    fn add(&mut self, key: &[u8], n: i64) -> Reply {
        let before = self.values.get(key).map_or(Some(0), |value| number(value));
        let Some(sum) = before.and_then(|before| before.checked_add(n)) else {
            return not_a_number();
        };
        self.values
            .insert(key.to_vec(), sum.to_string().into_bytes());
        Reply::Integer(sum)
    }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn not_a_number() -> Reply {
    Reply::Error("ERR value is not an integer or out of range".to_string())
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what.to_string())
}

/// The number behind a `*` or a `$`.
fn length(line: &[u8], most: usize) -> io::Result<usize> {
    let n = number(line).and_then(|n| usize::try_from(n).ok());
    n.filter(|&n| n <= most).ok_or_else(|| wrong("a length"))
}

/// A line without its end. None at the end of the input.
#[vthread]
fn read_line<R: BufRead>(reader: &mut R, line: &mut Vec<u8>) -> io::Result<Option<usize>> {
    line.clear();
    if reader.read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        line.pop();
    }
    Ok(Some(line.len()))
}

/// The next command: an array of strings, or words in a line. None at the end of the input.
#[vthread]
fn read_command<R: BufRead>(reader: &mut R) -> io::Result<Option<Vec<Vec<u8>>>> {
    let mut line = Vec::new();
    if read_line(reader, &mut line)?.is_none() {
        return Ok(None);
    }
    let Some((b'*', n)) = line.split_first() else {
        let words = line.split(|byte| *byte == b' ');
        return Ok(Some(
            words
                .filter(|word| !word.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
        ));
    };
    let mut command = Vec::new();
    for _ in 0..length(n, MOST)? {
        if read_line(reader, &mut line)?.is_none() {
            return Err(wrong("half a command"));
        }
        let Some((b'$', n)) = line.split_first() else {
            return Err(wrong("no string"));
        };
        let mut argument = vec![0; length(n, LONGEST)? + 2];
        reader.read_exact(&mut argument)?;
        argument.truncate(argument.len() - 2);
        command.push(argument);
    }
    Ok(Some(command))
}

/// Answers in the order of the commands.
#[vthread]
fn write_reply<W: Write>(writer: &mut W, reply: Reply) -> io::Result<()> {
    let mut left = vec![reply];
    while let Some(reply) = left.pop() {
        match reply {
            Reply::Simple(text) => write!(writer, "+{text}\r\n")?,
            Reply::Error(text) => write!(writer, "-{text}\r\n")?,
            Reply::Integer(n) => write!(writer, ":{n}\r\n")?,
            Reply::Nil => writer.write_all(b"$-1\r\n")?,
            Reply::Bulk(bytes) => {
                write!(writer, "${}\r\n", bytes.len())?;
                writer.write_all(&bytes)?;
                writer.write_all(b"\r\n")?;
            }
            Reply::Array(replies) => {
                write!(writer, "*{}\r\n", replies.len())?;
                left.extend(replies.into_iter().rev());
            }
        }
    }
    Ok(())
}

/// One command after the other, until no connection can send any more.
#[vthread]
fn run_store(requests: Receiver<Request>) {
    let mut store = Store::default();
    for request in requests {
        // Who has gone wants no answer.
        let _ = request.answer.send(store.execute(&request.command));
    }
}

/// One client. What it sends at once is answered at once.
#[vthread]
fn attend(stream: TcpStream, store: Sender<Request>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = BufWriter::new(stream);
    let (answer, answers) = mpsc::channel();
    while let Some(command) = read_command(&mut reader)? {
        if command.is_empty() {
            continue;
        }
        let is_last = command[0].eq_ignore_ascii_case(b"quit");
        let answer = answer.clone();
        if is_last || store.send(Request { command, answer }).is_err() {
            write_reply(&mut writer, Reply::Simple("OK"))?;
            break;
        }
        let Ok(reply) = answers.recv() else {
            break;
        };
        write_reply(&mut writer, reply)?;
        if reader.buffer().is_empty() {
            writer.flush()?;
        }
    }
    writer.flush()
}

/// Serves so many clients, and ends when the last of them has gone.
#[vthread]
fn serve(listener: &TcpListener, clients: u64) -> io::Result<()> {
    let (store, requests) = mpsc::channel();
    group! {
        spawn! { run_store(requests); }
        for _ in 0..clients {
            let (stream, peer) = listener.accept()?;
            let store = store.clone();
            spawn! {
                if let Err(error) = attend(stream, store) {
                    eprintln!("{peer}: {error}");
                }
            }
        }
        drop(store);
        Ok(())
    }
}

#[vthread]
fn main() -> io::Result<()> {
    let clients = env::args().nth(1).and_then(|n| n.parse().ok());
    let port = env::args().nth(2).unwrap_or_else(|| "0".to_string());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    println!("listening on {}", listener.local_addr()?);
    serve(&listener, clients.unwrap_or(u64::MAX))
}
