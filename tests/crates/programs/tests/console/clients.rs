//! Clients that are slow, many, or gone.

use super::client::{has, read, start};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

#[test]
fn a_slow_client_holds_up_no_other() {
    let program = start(&["100"]);
    program.wait("/tree.json", |tree| has(tree, "reader", 100));
    let start = Instant::now();
    let mut slow: Vec<_> = (0..20).map(|_| program.connect()).collect();
    for client in &mut slow {
        client.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    }
    // These ask, and read nothing of an answer that is larger than a socket's room.
    let mut deaf: Vec<_> = (0..5).map(|_| program.connect()).collect();
    for client in &mut deaf {
        client
            .write_all(b"GET /dump.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
    }
    for _ in 0..20 {
        assert_eq!(program.get("/metrics").status, 200);
    }
    // Each has 5 seconds to ask: one after the other they would take 100.
    assert!(start.elapsed() < Duration::from_secs(50));
    let mut last = slow.remove(0);
    let is_asked = last.write_all(b"alhost\r\n\r\n").is_ok();
    let mut answer = String::new();
    let is_read = last.read_to_string(&mut answer).is_ok();
    // Unless the machine is so slow that its time is over.
    let is_answered = is_asked && is_read && answer.starts_with("HTTP/1.1 200 ");
    assert!(
        is_answered || start.elapsed() >= Duration::from_secs(5),
        "{answer}"
    );
    assert_eq!(read(deaf.remove(0)).status, 200);
}

#[test]
fn a_crowd_of_clients_is_bounded_and_later_ones_are_served() {
    let program = start(&["1"]);
    let crowd: Vec<_> = (0..200).map(|_| program.connect()).collect();
    assert_eq!(program.get("/metrics").status, 200);
    let descriptors = || std::fs::read_dir(format!("/proc/{}/fd", program.child.id()));
    if cfg!(target_os = "linux") {
        let n = descriptors().unwrap().count();
        assert!(n < 80, "{n}");
    }
    drop(crowd);
    assert_eq!(program.get("/metrics").status, 200);
}

#[test]
fn a_client_that_never_asks_is_closed() {
    let program = start(&["1"]);
    let mut silent = program.connect();
    let start = Instant::now();
    assert_eq!(
        std::io::Read::read(&mut silent, &mut [0; 8]).unwrap_or(0),
        0
    );
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn the_program_ends_while_clients_are_there() {
    let mut program = start(&["100"]);
    let mut clients: Vec<_> = (0..10).map(|_| program.connect()).collect();
    for client in &mut clients {
        client
            .write_all(b"GET /dump.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
    }
    drop(program.child.stdin.take());
    let start = Instant::now();
    while program.child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(30));
        std::thread::yield_now();
    }
    assert!(program.child.wait().unwrap().success());
}
