//! The chat server in its two versions: the same conversation with both, and the number of lines
//! that differ.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::listening::Server;
use crate::versions;

const ON_STD: &str = include_str!("../../examples/chat/std.rs");
const ON_VTHREAD: &str = include_str!("../../examples/chat/main.rs");

struct Client {
    reader: BufReader<TcpStream>,
}

fn connect(server: &Server) -> Client {
    Client {
        reader: BufReader::new(server.connect()),
    }
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
        clients.push(connect(&server));
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
        (2, "/msg absent", &[2]),
        (2, "/msg absent x", &[2]),
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
            let mut client = connect(&server);
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

#[test]
fn the_versions_differ_by_imports_attributes_and_spawns() {
    versions::compare("chat", ON_STD, ON_VTHREAD);
}
