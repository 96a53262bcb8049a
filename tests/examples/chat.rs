//! The chat server in its two versions: the same conversation with both, and the number of lines
//! that differ.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::program::binary;

/// No line takes longer than this.
const PATIENCE: Duration = Duration::from_secs(60);

const ON_STD: &str = include_str!("../../examples/chat/std.rs");
const ON_VTHREAD: &str = include_str!("../../examples/chat/main.rs");

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(example: &str, clients: usize) -> Server {
        let mut process = Command::new(binary(example))
            .arg(clients.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let stdout = process.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on ")
            .expect("an address");
        Server {
            address: address.to_owned(),
            process,
        }
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time");
        Client {
            reader: BufReader::new(stream),
        }
    }

    fn end(mut self) {
        assert!(self.process.wait().expect("it ends").success());
    }
}

struct Client {
    reader: BufReader<TcpStream>,
}

impl Client {
    fn say(&mut self, line: &str) {
        writeln!(self.reader.get_mut(), "{line}").expect("a listener");
    }

    fn hears(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }
}

/// The lines that three clients receive.
fn conversation(example: &str) -> Vec<String> {
    let server = Server::start(example, 3);
    let mut heard = Vec::new();
    let mut clients = Vec::new();
    for n in 0..3 {
        clients.push(server.connect());
        // Itself, and the clients that were there.
        for (other, client) in clients.iter_mut().enumerate() {
            heard.push(format!("{n} comes, {other} hears {}", client.hears()));
        }
    }
    let script: &[(usize, &str, &[usize])] = &[
        (0, "/name ann", &[0, 1, 2]),
        (1, "/name ann", &[1]),
        (1, "/name bob", &[0, 1, 2]),
        (0, "hello", &[1, 2]),
        (2, "/who", &[2]),
        (1, "/join games", &[0, 1, 2]),
        (0, "/join games", &[0, 1, 2]),
        (0, "who plays?", &[1]),
        (2, "/rooms", &[2]),
        (2, "/msg ann over here", &[0]),
        (2, "/msg nobody", &[2]),
        (2, "/msg nobody x", &[2]),
        (1, "/dance", &[1]),
        (1, "/quit", &[0]),
    ];
    for (speaker, line, hearers) in script {
        clients[*speaker].say(line);
        for hearer in *hearers {
            let text = clients[*hearer].hears();
            heard.push(format!("{speaker} says {line}, {hearer} hears {text}"));
        }
    }
    // One client leaves without a word, the other one closes its half.
    let first = clients.remove(0);
    drop(first);
    let last = &mut clients[1];
    last.reader
        .get_ref()
        .shutdown(std::net::Shutdown::Write)
        .expect("it is open");
    heard.push(format!("the end: {:?}", last.hears()));
    drop(clients);
    server.end();
    heard
}

#[test]
fn both_versions_have_the_same_conversation() {
    let on_std = conversation("chat_std");
    assert_eq!(on_std.len(), 6 + 23 + 1);
    assert!(on_std.contains(&"0 says who plays?, 1 hears ann: who plays?".to_owned()));
    assert_eq!(conversation("chat"), on_std);
}

/// Many more clients than a server of threads gets, all at once.
#[test]
fn many_talk_at_once() {
    const N: usize = 100;
    let server = Server::start("chat", N);
    let mut clients: Vec<_> = (0..N)
        .map(|n| {
            let mut client = server.connect();
            assert_eq!(client.hears(), format!("* welcome, guest{}", n + 1));
            client.say(&format!("/join room{}", n % 10));
            while !client.hears().starts_with("* you are in") {}
            client
        })
        .collect();
    for (n, client) in clients.iter_mut().enumerate() {
        client.say(&format!("word {n}"));
    }
    for (n, client) in clients.iter_mut().enumerate() {
        let mut words = 0;
        while words < N / 10 - 1 {
            let line = client.hears();
            let Some((_, word)) = line.split_once(": word ") else {
                continue;
            };
            assert_eq!(word.parse::<usize>().expect("a number") % 10, n % 10);
            words += 1;
        }
    }
    drop(clients);
    server.end();
}

/// The lines of each text that the other lacks, by the longest common subsequence.
fn differences<'t>(one: &'t str, other: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let mut common = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            common[i][j] = if one[i].trim() == other[j].trim() {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut of_one, mut of_other) = (Vec::new(), Vec::new());
    while i < one.len() || j < other.len() {
        if i < one.len() && j < other.len() && one[i].trim() == other[j].trim() {
            (i, j) = (i + 1, j + 1);
        } else if j == other.len() || (i < one.len() && common[i + 1][j] >= common[i][j + 1]) {
            of_one.push(one[i].trim());
            i += 1;
        } else {
            of_other.push(other[j].trim());
            j += 1;
        }
    }
    (of_one, of_other)
}

#[test]
fn the_versions_differ_by_imports_attributes_and_spawns() {
    let (on_std, on_vthread) = differences(ON_STD, ON_VTHREAD);
    let n = ON_STD.lines().count();
    println!("of {n} lines, {} become {}", on_std.len(), on_vthread.len());
    let is_known = |line: &&str| {
        line.starts_with("use ")
            || line.starts_with("//!")
            || line.contains("spawn")
            || ["", "}", "})", "});", "#[vthread]", "group! {"].contains(line)
            || *line == "thread::scope(|scope| {"
    };
    for lines in [on_std, on_vthread] {
        let others: Vec<_> = lines.iter().filter(|line| !is_known(line)).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert!(lines.len() < n / 8, "{lines:#?}");
    }
}
