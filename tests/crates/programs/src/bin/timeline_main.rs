//! A program whose timeline has an event of every kind.

use std::time::Duration;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

/// Whether a dump says so of a vthread, in whatever order the others have run.
fn is_told(who: &str, how: &str) -> bool {
    let dump = vthread::dump().to_string();
    dump.lines()
        .any(|line| line.contains(who) && line.contains(how))
}

#[vthread]
fn until_told(who: &str, how: &str) {
    while !is_told(who, how) {
        sleep(Duration::from_millis(1));
    }
}

#[vthread]
fn echo(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).unwrap();
    until_told("`client`", " waits for I/O");
    stream.write_all(&bytes).unwrap();
}

#[vthread]
fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (to_pong, pings) = channel::<u32>(1);
    let (to_ping, pongs) = channel::<u32>(1);
    group! {
        spawn!(name = "server \"echo\"" => { echo(&listener); });
        spawn!(name = "client" => {
            let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            stream.write_all(b"ping").unwrap();
            let mut bytes = [0; 4];
            stream.read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"ping");
        });
        spawn!(name = "pong" => {
            for n in pings {
                to_ping.send(n).unwrap();
            }
        });
        for n in 0..100 {
            to_pong.send(n).unwrap();
            assert_eq!(pongs.recv(), Ok(n));
        }
        drop(to_pong);
        for _ in 0..100 {
            spawn! { vthread::yield_now(); }
        }
        let sleeper = spawn!(name = "sleeper" => { sleep(Duration::from_secs(3600)); });
        sleep(Duration::from_millis(5));
        sleeper.cancel();
        spawn! { until_told("the blocking call", " waits for the children of its group"); }
    }
}
