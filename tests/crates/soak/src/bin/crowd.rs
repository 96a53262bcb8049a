//! A server that a crowd visits, again and again: how much memory it keeps when the crowd has left.
//!
//! ```text
//! cargo run --release -p soak --bin crowd -- [CONNECTIONS [ROUNDS]]
//! ```
//! The visitors are a process of their own, so that the memory is the server's alone.

use soak::heap::Counted;
use soak::holds::{Holds, resident};
use std::env;
use std::io as plain;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// The number of connections.
static PRESENT: AtomicUsize = AtomicUsize::new(0);

#[vthread]
fn serve(listener: &TcpListener) {
    group! {
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    spawn! {
                        PRESENT.fetch_add(1, Ordering::Relaxed);
                        let _ = answer(stream);
                        PRESENT.fetch_sub(1, Ordering::Relaxed);
                    }
                }
                Err(error) => eprintln!("not accepted: {error}"),
            }
        }
    }
}

#[vthread]
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n])?;
    }
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize, default| {
        arguments
            .get(at)
            .map_or(default, |text| text.parse().expect("a number"))
    };
    if arguments.first().is_some_and(|first| first == "visit") {
        return visit(arguments[1].parse().expect("an address"), number(2, 0));
    }
    let (connections, rounds) = (number(0, 5000), number(1, 4));
    let listener = TcpListener::bind("127.0.0.1:0").block().expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || serve(&listener));
    drop(crowd(address, 10));
    wait_for(0);
    println!("before: {} kB", resident("self") / 1024);
    for round in 1..=rounds {
        let mut visitors = crowd(address, connections);
        wait_for(connections);
        let peak = resident("self");
        drop(visitors.stdin.take());
        visitors.wait().expect("they leave");
        wait_for(0);
        println!(
            "round {round}: {} kB with {connections} connections, {} kB after them",
            peak / 1024,
            resident("self") / 1024
        );
    }
    println!("at the end: {}", Holds::now());
    std::process::exit(0);
}

fn wait_for(n: usize) {
    while PRESENT.load(Ordering::Relaxed) != n {
        thread::sleep(Duration::from_millis(10));
    }
}

/// Visitors that have each been answered once, and stay until they are told to leave.
fn crowd(address: SocketAddr, n: usize) -> Child {
    use plain::BufRead;
    let mut visitors = Command::new(env::current_exe().expect("this program"))
        .args(["visit", &address.to_string(), &n.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut line = String::new();
    plain::BufReader::new(visitors.stdout.as_mut().expect("piped"))
        .read_line(&mut line)
        .expect("they say that they are there");
    visitors
}

fn visit(address: SocketAddr, n: usize) {
    use plain::{Read, Write};
    let connections: Vec<_> = (0..n)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(address).expect("a connection");
            stream.write_all(&[7; 1000]).expect("they ask");
            stream
                .read_exact(&mut [0; 1000])
                .expect("they are answered");
            stream
        })
        .collect();
    println!("here");
    let _ = plain::stdin().read(&mut [0]);
    drop(connections);
}
