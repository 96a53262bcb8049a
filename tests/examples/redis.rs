//! The store in its two versions: the same commands to both, one by one and many at once.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::listening::Server;
use crate::versions;

const ON_STD: &str = include_str!("../../examples/redis/std.rs");
const ON_VTHREAD: &str = include_str!("../../examples/redis/main.rs");

const COMMANDS: &[&[&str]] = &[
    &["PING"],
    &["ping", "with a text"],
    &["SET", "key", "value\r\nof two lines"],
    &["GET", "key"],
    &["GET", "no key"],
    &["INCR", "n"],
    &["INCRBY", "n", "41"],
    &["DECR", "n"],
    &["INCR", "key"],
    &["INCRBY", "n", "many"],
    &["APPEND", "key", "!"],
    &["STRLEN", "key"],
    &["MSET", "a", "1", "b", ""],
    &["MGET", "a", "b", "c"],
    &["EXISTS", "a", "b", "c"],
    &["GETSET", "a", "2"],
    &["KEYS", "*"],
    &["DEL", "a", "c"],
    &["DBSIZE"],
    &["MSET", "odd"],
    &["DANCE"],
    &["FLUSHALL"],
    &["DBSIZE"],
];

fn encoded(command: &[&str]) -> String {
    let mut text = format!("*{}\r\n", command.len());
    for argument in command {
        text += &format!("${}\r\n{argument}\r\n", argument.len());
    }
    text
}

/// The replies to all commands, sent at once, and to some in a line or cut into pieces.
fn replies(example: &str) -> String {
    let server = Server::start(example, 3);
    let mut said = String::new();
    let mut at_once = server.connect();
    let all: String = COMMANDS.iter().map(|command| encoded(command)).collect();
    at_once.write_all(all.as_bytes()).expect("a store");
    at_once.write_all(b"GET key\r\nQUIT\r\n").expect("a store");
    at_once.read_to_string(&mut said).expect("replies");
    let mut in_pieces = server.connect();
    for piece in encoded(&["SET", "pieces", "of a value"])
        .as_bytes()
        .chunks(3)
    {
        in_pieces.write_all(piece).expect("a store");
    }
    let mut ok = [0; 5];
    in_pieces.read_exact(&mut ok).expect("a reply");
    said += &String::from_utf8_lossy(&ok);
    // Half a command: the connection ends, and the store continues.
    in_pieces.write_all(b"*2\r\n$3\r\nGE").expect("a store");
    in_pieces.shutdown(Shutdown::Write).expect("it is open");
    in_pieces.read_to_string(&mut said).expect("the end");
    let mut last = server.connect();
    last.write_all(b"GET pieces\r\n").expect("a store");
    last.shutdown(Shutdown::Write).expect("it is open");
    last.read_to_string(&mut said).expect("a reply");
    drop((at_once, in_pieces, last));
    server.end();
    said
}

#[test]
fn both_versions_say_the_same() {
    let on_std = replies("redis_std");
    assert!(on_std.starts_with("+PONG\r\n$11\r\nwith a text\r\n+OK\r\n$19\r\nvalue"));
    assert!(on_std.ends_with(":0\r\n$-1\r\n+OK\r\n+OK\r\n$10\r\nof a value\r\n"));
    assert_eq!(replies("redis"), on_std);
}

/// Pipelines of many clients that increment one counter: no increment is lost.
#[test]
fn many_count_at_once() {
    const CLIENTS: usize = 50;
    const EACH: usize = 200;
    let server = Server::start("redis", CLIENTS + 1);
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| server.connect()).collect();
    let pipeline = encoded(&["INCR", "n"]).repeat(EACH);
    for client in &mut clients {
        client.write_all(pipeline.as_bytes()).expect("a store");
        client.shutdown(Shutdown::Write).expect("it is open");
    }
    for client in &mut clients {
        let mut said = String::new();
        client.read_to_string(&mut said).expect("replies");
        assert_eq!(said.lines().count(), EACH);
    }
    let mut last = server.connect();
    last.write_all(b"GET n\r\nQUIT\r\n").expect("a store");
    let mut said = String::new();
    last.read_to_string(&mut said).expect("a reply");
    assert_eq!(said, format!("$5\r\n{}\r\n+OK\r\n", CLIENTS * EACH));
    server.end();
}

#[test]
fn the_versions_differ_by_imports_attributes_and_spawns() {
    versions::compare("redis", ON_STD, ON_VTHREAD);
}
